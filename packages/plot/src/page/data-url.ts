import { writeRecord } from "@isoflop/scaling";

/** A text as an address that holds all of it. Only what an address cannot have is escaped, which keeps it short. */
export const dataUrl = (type: string, text: string): string =>
  `data:${type};charset=utf-8,${text.replace(/[%#"'<>\\^`{|}\s]|[^ -~]+/g, encodeURIComponent)}`;

/** A record as JSON in such an address, without the blanks that make it easy to read. */
export const recordUrl = (value: object): string =>
  dataUrl("application/json", `${JSON.stringify(JSON.parse(writeRecord(value)))}\n`);
