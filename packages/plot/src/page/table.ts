import { type Html, html, trusted } from "./html.js";
import { linked } from "./links.js";
import type { PageTable } from "./section.js";

/** A table of more columns has its rows set as blocks on a phone, every cell below its head; of more than the second also on a tablet. */
const [many, most] = [3, 7];

/** A table of a page. */
export const tableHtml = ({ head, units = [], rows, names, keys }: PageTable): Html => {
  const blocks = head.length > many;
  const size = `${keys ? "sortable" : "plain"}${blocks ? " many" : ""}${head.length > most ? " most" : ""}`;
  // A row that is set as a block is a row no more, unless it says so.
  const role = (name: string) => blocks && html` role="${name}"`;
  const align = (column: number) => trusted(column < names ? ' class="name"' : "");
  const heads = head.map((words, column) => {
    const unit = units[column];
    return html`<th scope="col"${role("columnheader")}${align(column)}>${words}${unit !== undefined && html`<small>${linked(unit)}</small>`}</th>`;
  });
  const line = (cells: readonly string[], row: number) => {
    const cell = (words: string, column: number) => {
      const key = keys?.[row]?.[column];
      return html`<td${role("cell")}${align(column)}${blocks && html` data-head="${head[column] ?? ""}"`}${key !== undefined && html` data-value="${key}"`}>${words}</td>`;
    };
    return html`<tr${role("row")}>${cells.map(cell)}</tr>\n`;
  };
  return html`<div class="table"><table class="${size}"${role("table")}><thead${role("rowgroup")}><tr${role("row")}>${heads}</tr></thead><tbody${role("rowgroup")}>
${rows.map(line)}</tbody></table></div>
`;
};
