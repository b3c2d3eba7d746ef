import { shown } from "../files/read.js";
import { LOSS } from "../runs/load.js";
import { interval, num, round, symbol } from "../words/numbers.js";
import { blocks, table } from "../words/table.js";
import type { ComparisonDocument } from "./compare.js";

/** What a person reads of a comparison. */
export const comparisonText = ({ a, b, at, crossing, choices }: ComparisonDocument): string => {
  const what = symbol(choices.quantity ?? LOSS);
  return blocks(
    `A: ${shown(a.input.file)}\nB: ${shown(b.input.file)}`,
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
  );
};
