import { cellCoverage, judged, methods } from "./cell-coverage.js";
import type { Cell } from "./cells.js";

const truths: readonly Cell["truth"][] = ["floor", "no floor", "unequal exponents"];

/** Prints coverage and mean full widths of 95 % intervals by method, cell by cell. */
export const printCells = (studies: number): void => {
  console.log(`| truth | budgets × sizes | method | ${judged.join(" | ")} |`);
  console.log(`| --- | --- | --- | ${judged.map(() => "---").join(" | ")} |`);
  for (const truth of truths) {
    for (const [budgets, sizes] of [[4, 5] as const, [6, 7] as const]) {
      const found = cellCoverage({ truth, budgets, sizes, noise: 0.003 }, studies);
      for (const name of Object.keys(methods)) {
        const cells = judged.map((what) => {
          const one = found[name]![what];
          if (!one) return "";
          const refused = one.studies < studies ? `, ${studies - one.studies} refused` : "";
          const width = what === "loss" ? `${(100 * one.width).toFixed(2)} %` : one.width.toPrecision(3);
          return `${(100 * one.covered).toFixed(1)} % (${width}${refused})`;
        });
        console.log(`| ${truth} | ${budgets} × ${sizes} | ${name} | ${cells.join(" | ")} |`);
      }
    }
  }
};
