import { estimateCells, interval, num, plural, round, signedPercent } from "../../words/numbers.js";
import { type Passage, table, type Words } from "../../words/passage.js";
import { computeRule, symbol } from "../../words/quantity.js";
import { pointsUsed } from "../points.js";
import type { SurfaceDocument } from "./fit.js";

const formulas = {
  chinchilla: "E + A/N^alpha + B/D^beta",
  tied: "E + A/N^alpha + B/D^alpha",
  "no-floor": "A/N^alpha + B/D^beta",
  kaplan: "((Nc/N)^(alphaN/alphaD) + Dc/D)^alphaD",
} as const;

/** What a person reads of a surface fit. */
export const surfaceWords = (document: SurfaceDocument): Words => {
  const { fit } = document;
  if (!fit) return [pointsUsed(document)];
  const { objective, starts, allocation } = fit;
  const parameters = Object.entries({ ...fit.coefficients, ...fit.exponents });
  const delta = objective.delta === undefined ? "" : ` (δ ${round(objective.delta)})`;
  return [
    pointsUsed(document),
    table(
      [`${symbol(document.quantity)} = ${formulas[fit.form]}`, "value", "std. error", "95 % interval"],
      parameters.map(([name, estimate]) => [name, ...estimateCells(estimate)]),
    ),
    allocation &&
      table(
        [
          `optimum under ${computeRule(document.flopsPerToken)}`,
          "coefficient",
          "exponent",
          "std. error",
          "95 % interval",
        ],
        (["N", "D", "loss"] as const).map((name) => [
          name !== "loss" ? name : allocation.loss.floor > 0 ? `${document.quantity} − E` : document.quantity,
          num(allocation[name].coefficient.value),
          ...estimateCells(allocation[name].exponent),
        ]),
      ),
    resampled(document),
    biasNote(document),
    {
      notes: [
        `objective ${objective.name}${delta}, sum over runs: ${num(objective.value, 9)}`,
        `residuals of ln ${symbol(document.quantity)}: ${num(fit.residualStandardDeviation, 3)}; AICc ${num(fit.criteria.aicc, 6)}, BIC ${num(fit.criteria.bic, 6)}`,
        `${starts.reachedBest} of ${plural(starts.tried, "start")} reached the best; condition ${num(fit.condition, 3)}`,
      ],
    },
  ];
};

const resampled = ({ bootstrap }: SurfaceDocument): Passage | string | undefined => {
  if (!bootstrap) return undefined;
  if (!bootstrap.ok) return `bootstrap refused: ${bootstrap.message}`;
  const { parameters, allocation, resamples, failed } = bootstrap;
  const shown = { ...parameters, "N* exponent": allocation["N.exponent"]!, "D* exponent": allocation["D.exponent"]! };
  const rows = Object.entries(shown).map(([name, { median, standardError, ci95 }]) => [
    name,
    num(median, 6),
    num(standardError, 3),
    interval(ci95),
  ]);
  return {
    ...table([`bootstrap, ${plural(resamples, "resample")}`, "median", "std. error", "95 % interval"], rows),
    notes: failed > 0 ? [`${plural(failed, "resample")} did not converge and are left out`] : [],
  };
};

const biasNote = ({ fit }: SurfaceDocument): string | undefined => {
  const bias = fit?.approach2Bias;
  if (!bias) return undefined;
  if (!bias.ok) return `bias of Approach 2 on this grid: refused, ${bias.message}`;
  const { N, D, loss } = bias.relative;
  return `bias of Approach 2 on this grid at C = ${round(bias.C)}: N* ${signedPercent(N, 4)}, D* ${signedPercent(D, 4)}, L* ${signedPercent(loss, 4)}`;
};
