/** A text as an address that holds all of it. Only what an address cannot have is escaped, which keeps it short. */
export const dataUrl = (type: string, text: string): string =>
  `data:${type};charset=utf-8,${text.replace(/[%#"'<>\\^`{|}\s]|[^ -~]+/g, encodeURIComponent)}`;
