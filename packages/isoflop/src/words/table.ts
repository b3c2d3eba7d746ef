import { printable } from "./printable.js";

/** Rows of text set in columns: the first column to the left, the others to the right, two spaces between. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const all = [head, ...rows].map((row) => head.map((_, column) => printable(row[column] ?? "")));
  const widths = head.map((_, column) => all.reduce((most, row) => Math.max(most, row[column]!.length), 0));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => {
        return column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!);
      })
      .join("  ")
      .trimEnd();
  const rule = widths.map((width) => "─".repeat(width)).join("  ");
  const [first, ...others] = all.map(line);
  return [first, rule, ...others].join("\n");
};

/** Blocks of text with an empty line between; empty ones are left out. */
export const blocks = (...parts: readonly (string | false | undefined)[]): string =>
  parts.filter((part): part is string => typeof part === "string" && part !== "").join("\n\n");
