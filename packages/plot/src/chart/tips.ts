import type * as Plot from "@observablehq/plot";
import { type DataRow, rowsOf } from "./data.js";
import { significant } from "./format.js";
import type { Axes } from "./marks.js";
import { element } from "./svg.js";

/** More dots than this are a cloud: their numbers are in the figure's data. */
const most = 60;

/** Gives every dot that has no words of its own its numbers, as its title. @internal */
export const addTips = (document: Document, svg: Element, marks: readonly Plot.Markish[], axes: Axes): void => {
  for (const mark of marks.flat()) {
    const rows = rowsOf([mark], axes);
    const name = rows[0]?.series;
    if (name === undefined || rows.length > most) continue;
    const group = [...svg.children].find((child) => child.getAttribute("class") === name && isOfDots(child));
    if (!group || group.children.length !== rows.length || group.querySelector("title")) continue;
    [...group.children].forEach((dot, i) => {
      const title = element(document, "title", {});
      title.textContent = wordsOf(rows[i]!);
      dot.append(title);
    });
  }
};

/** Plot names what a group is of; a dot with a symbol is a path that is moved to its place. */
const isOfDots = (group: Element): boolean => group.getAttribute("aria-label") === "dot";

/** "optimal loss 0.2638" a line. */
const wordsOf = ({ series: _, ...row }: DataRow): string =>
  Object.entries(row)
    .map(([name, value]) => `${name} ${typeof value === "number" ? significant(value) : value}`)
    .join("\n");
