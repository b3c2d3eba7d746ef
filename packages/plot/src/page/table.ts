import { type Html, html, trusted } from "./html.js";
import type { PageTable } from "./section.js";

/** A table of a page, which scrolls where it is too wide. */
export const tableHtml = ({ head, units = [], rows, names, keys }: PageTable): Html => {
  const align = (column: number) => trusted(column < names ? ' class="name"' : "");
  const heads = head.map((words, column) => {
    const unit = units[column];
    return html`<th scope="col"${align(column)}>${words}${unit !== undefined && html`<small>${unit}</small>`}</th>`;
  });
  const line = (cells: readonly string[], row: number) => {
    const cell = (words: string, column: number) => {
      const key = keys?.[row]?.[column];
      return html`<td${align(column)}${key !== undefined && html` data-value="${key}"`}>${words}</td>`;
    };
    return html`<tr>${cells.map(cell)}</tr>\n`;
  };
  return html`${keys && html`<p class="screen">Press a column head to sort.</p>\n`}<div class="table"><table class="${keys ? "sortable" : "plain"}"><thead><tr>${heads}</tr></thead><tbody>
${rows.map(line)}</tbody></table></div>
`;
};
