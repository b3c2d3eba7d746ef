import { comparisonFigure, computeRatioFigure, intervalsFigure } from "@isoflop/plot";
import type { Comparison } from "@isoflop/scaling";
import type { Page } from "../page/page.js";
import type { ExponentsDocument, KnownExponent } from "./exponents.js";

/** Both curves with what they were fitted to, the crossing and the effective compute; and the latter along compute. */
export const comparisonPage = (comparison: Comparison): Page => {
  const reached = comparison.ratios.some(({ value }) => value > 0 && Number.isFinite(value));
  return { title: "Two laws", figures: [comparisonFigure(comparison), reached && computeRatioFigure(comparison)] };
};

const row = (name: string, { value, interval, level }: KnownExponent) => ({
  name,
  value,
  ...(interval && level === 0.95 && { interval }),
});

/** Each exponent of both sides, with its interval where it is of 95 %. */
export const exponentsPage = ({ a, b, exponents }: ExponentsDocument): Page => ({
  title: "Exponents of two laws",
  figures: exponents.map((one) =>
    intervalsFigure({ label: `exponent of ${one.of} in C` }, [row(`A: ${a.file}`, one.a), row(`B: ${b.file}`, one.b)]),
  ),
});
