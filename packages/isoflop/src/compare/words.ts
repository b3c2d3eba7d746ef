import { type ComparedLaw, formOfLaw } from "@isoflop/scaling";
import { interval, num, round } from "../words/numbers.js";
import { table, type Words } from "../words/passage.js";
import { symbol } from "../words/quantity.js";
import type { ComparisonDocument } from "./compare.js";
import { cautions } from "./conventions.js";
import { sideLines } from "./exponents-words.js";
import type { Side } from "./side.js";

/** What a person reads of a comparison. */
export const comparisonWords = (
  { comparison: { a: ofA, b: ofB, at, crossing, quantity } }: ComparisonDocument,
  [a, b]: readonly [Side, Side],
): Words => {
  const what = symbol(quantity);
  return [
    { notes: [...sideLines("A", a), ...sideLines("B", b), ...cautions(a.card, b.card)] },
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
    errorless([ofA, ofB]),
    crossing.ok
      ? `the laws cross at C = ${num(crossing.C)}${
          Number.isNaN(crossing.ci95[0])
            ? ""
            : `, ${interval(crossing.ci95)}, in ${Math.round(100 * crossing.share)} % of the draws`
        }`
      : `no crossing: ${crossing.message}`,
  ];
};

/** Whose errors an interval does not hold. */
const errorless = (laws: readonly ComparedLaw[]): string | false => {
  const without = laws.flatMap(({ law }, i) => (formOfLaw(law).errorless?.(law) ? ["AB"[i]] : []));
  if (without.length === 0) return false;
  return `no uncertainty is published of ${without.join(" and ")}: ${without.length === 2 ? "there are no intervals" : "the intervals are those of the other law alone"}`;
};
