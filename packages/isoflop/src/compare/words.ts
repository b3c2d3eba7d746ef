import { shown } from "../files/read.js";
import { interval, num, round } from "../words/numbers.js";
import { table, type Words } from "../words/passage.js";
import { symbol } from "../words/quantity.js";
import type { ComparisonDocument } from "./compare.js";

/** What a person reads of a comparison. */
export const comparisonWords = ({ a, b, comparison: { at, crossing, quantity } }: ComparisonDocument): Words => {
  const what = symbol(quantity);
  return [
    { notes: [`A: ${shown(a.file)}`, `B: ${shown(b.file)}`] },
    table(
      ["C, FLOPs", `${what} of A`, `${what} of B`, "B − A", "95 % interval", "compute B needs / C", "95 % interval"],
      at.map(({ C, a, b, difference, effectiveCompute }) => [
        round(C),
        num(a),
        num(b),
        num(difference.value, 4),
        interval(difference.ci95, 4),
        num(effectiveCompute.value, 4),
        interval(effectiveCompute.ci95, 4),
      ]),
    ),
    crossing.ok
      ? `the laws cross at C = ${num(crossing.C)}, ${interval(crossing.ci95)}, in ${Math.round(100 * crossing.share)} % of the draws`
      : `no crossing: ${crossing.message}`,
  ];
};
