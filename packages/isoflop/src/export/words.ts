import { plural } from "../words/numbers.js";
import { table, type Words } from "../words/passage.js";
import { printable } from "../words/printable.js";
import type { Source } from "./source.js";

/** What a person reads of files that were written. */
export const exportWords = ({ what, tables, cautions }: Source, files: readonly string[]): Words => [
  `${what === "runs" ? "a table of runs" : what === "predictions" ? "predictions" : `a ${what}`}, ${plural(files.length, "file")} written`,
  table(
    ["table", "rows"],
    tables.map(({ name, rows }) => [name, String(rows.length)]),
  ),
  { notes: files.map(printable) },
  { notes: cautions.map((caution) => printable(`caution: ${caution}`)) },
];
