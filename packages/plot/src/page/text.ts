import { extent } from "@isoflop/scaling";
import type { PageTable, Section } from "./section.js";

/** Sections as a terminal shows them. */
export const sectionsText = (sections: readonly Section[]): string => sections.map(sectionText).join("\n\n");

const sectionText = ({ title, table, notes = [] }: Section): string =>
  [title, ...(table ? ["", tableText(table)] : []), ...(notes.length > 0 ? ["", ...notes] : [])].join("\n");

const tableText = ({ head, rows, names }: PageTable): string => {
  const widths = head.map((_, column) => extent([head, ...rows].map((row) => row[column]!.length))[1]);
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (column < names ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join("  ")
      .trimEnd();
  return [head, widths.map((width) => "─".repeat(width)), ...rows].map(line).join("\n");
};
