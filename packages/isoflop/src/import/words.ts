import { plural } from "../words/numbers.js";
import type { Words } from "../words/passage.js";
import { table } from "../words/passage.js";
import { printable } from "../words/printable.js";
import type { ImportDocument } from "./import.js";
import type { Notice } from "./log.js";

/** Runs that are named in one line. */
const NAMED = 4;

/** What each unit of a field is. */
const unitsOf: Readonly<Record<string, string>> = {
  C: "FLOPs",
  N: "parameters",
  D: "tokens",
  loss: "in the unit of the log",
  seconds: "seconds",
};

/** What a person reads of a table that was made. */
export const importWords = ({ rows, runs, fields, guessed, notices }: ImportDocument, out?: string): Words => {
  const formats = new Map<string, number>();
  for (const { format } of runs) formats.set(format, (formats.get(format) ?? 0) + 1);
  const of = [...formats].map(([format, count]) => `${count} of ${format}`).join(", ");
  const to = out === undefined ? "" : `, written to ${printable(out)}`;
  return [
    `${plural(rows.length, "row")} of ${plural(runs.length, "run")} (${of})${to}`,
    table(
      ["field", "from", "unit"],
      Object.entries(fields).map(([field, source]) => [
        field,
        "column" in source
          ? `${source.column}${guessed.includes(field) && source.column !== field ? ", by its common name" : ""}`
          : `${field} = ${source.rule}`,
        unitsOf[field] ?? "",
      ]),
      3,
    ),
    { notes: notices.map(noticeText) },
  ];
};

/** A line for each thing that a person should know. */
export const noticeText = ({ kind, runs, message }: Notice): string => {
  const named = runs.slice(0, NAMED).join(", ");
  const more = runs.length > NAMED ? ` and ${runs.length - NAMED} more` : "";
  return printable(`caution: ${kind}: ${named}${more}${runs.length > 0 ? ": " : ""}${message}`);
};
