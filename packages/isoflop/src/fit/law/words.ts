import type { Estimate } from "@isoflop/scaling";
import { estimateCells, num } from "../../words/numbers.js";
import { table, type Words } from "../../words/passage.js";
import { pointsUsed } from "../points.js";
import type { Law, LawDocument } from "./fit.js";

/** What a person reads of a law. */
export const lawWords = (document: LawDocument): Words => {
  const { fit, formula } = document;
  if (!fit) return [pointsUsed(document)];
  const rows = Object.entries(estimatesOf(fit)).map(([name, estimate]) => [name, ...estimateCells(estimate)]);
  return [
    pointsUsed(document),
    table([formula, "value", "std. error", "95 % interval"], rows),
    fit.kind === "power" && `r² ${num(fit.r2, 6)}; residuals of ln y: ${num(fit.residualStandardDeviation, 3)}`,
    fit.kind === "saturating" && `half the sum of squared residuals: ${num(fit.objective, 6)}`,
    fit.kind === "broken" &&
      `sum of squared residuals of ln y: ${num(fit.sumOfSquares, 6)}; AICc ${num(fit.criteria.aicc, 6)}`,
  ];
};

const estimatesOf = (law: Law): Record<string, Estimate> => {
  const { coefficient, exponent } = law;
  if (law.kind === "power") return { coefficient, exponent };
  const out: Record<string, Estimate> = { floor: law.floor, coefficient, exponent };
  if (law.kind === "broken") {
    law.breaks.forEach(({ at, slope, width }, i) => {
      Object.assign(out, { [`at ${i + 1}`]: at, [`slope ${i + 1}`]: slope, [`width ${i + 1}`]: width });
    });
  }
  return out;
};
