import type { PageTable } from "@isoflop/plot";
import { type Passage, passagesOf, type Words } from "./passage.js";
import { printable, printableLines } from "./printable.js";

/** What is said, as a terminal shows it: an empty line between passages, two spaces between columns. */
export const textOf = (words: Words): string => passagesOf(words).map(passageText).join("\n\n");

const passageText = ({ title, table, notes = [], text }: Passage): string =>
  [title && printable(title), table && tableText(table), printableLines(notes.join("\n")), text && printableLines(text)]
    .filter((part) => part !== undefined && part !== "")
    .join("\n\n");

const tableText = ({ head, rows, names }: PageTable): string => {
  const all = [head, ...rows].map((row) => head.map((_, column) => printable(row[column] ?? "")));
  const widths = head.map((_, column) => all.reduce((most, row) => Math.max(most, row[column]?.length ?? 0), 0));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column < names ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  ")
      .trimEnd();
  const [first, ...others] = all.map(line);
  return [first, widths.map((width) => "─".repeat(width)).join("  "), ...others].join("\n");
};
