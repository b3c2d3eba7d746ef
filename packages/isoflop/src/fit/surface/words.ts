import { computeRule, type Estimate, formOfSurface, type SurfaceFit } from "@isoflop/scaling";
import { estimateCells, interval, num, plural, round, signedPercent } from "../../words/numbers.js";
import { type Passage, table, type Words } from "../../words/passage.js";
import { symbol } from "../../words/quantity.js";
import { pointsUsed } from "../points.js";
import type { SavedFit } from "../saved.js";

/** What a person reads of a surface fit. */
export const surfaceWords = (saved: SavedFit<SurfaceFit>): Words => {
  const { fit } = saved;
  if (!fit) return [pointsUsed(saved)];
  const { objective, starts, criteria, quantity } = fit;
  const width = objective.width === undefined ? "" : ` (width ${round(objective.width)})`;
  return [
    pointsUsed(saved),
    table(
      [`${symbol(quantity)} = ${formOfSurface(fit).formula}`, "value", "std. error", "95 % interval"],
      Object.entries(fit.parameters).map(([name, estimate]) => [name, ...estimateCells(estimate)]),
    ),
    optimumTable(fit),
    resampled(fit),
    biasNote(fit),
    inputsNote(fit),
    {
      notes: [
        `objective ${objective.name}${width}, sum over runs: ${num(objective.value, 9)}`,
        `residuals of ln ${symbol(quantity)}: ${num(fit.residualStandardDeviation, 3)}; AICc ${num(criteria.aicc, 6)}, BIC ${num(criteria.bic, 6)}`,
        `${starts.reachedBest} of ${plural(starts.tried, "start")} reached the best; condition ${num(fit.condition, 3)}`,
      ],
    },
  ];
};

/** The exponents of the surface and of its optima. */
export const exponentsOf = ({ fit }: SavedFit<SurfaceFit>): Record<string, Estimate> => {
  if (!fit) return {};
  const { parameters } = formOfSurface(fit);
  const own = parameters.flatMap(({ name, exponent }) => {
    const estimate = exponent === undefined ? undefined : fit.parameters[name];
    return estimate ? [[name, estimate] as const] : [];
  });
  const optima = (["N", "D"] as const).flatMap((name) => {
    const law = fit.allocation?.[name];
    return law ? [[`${name}*`, law.exponent] as const] : [];
  });
  return Object.fromEntries([...own, ...optima]);
};

const optimumTable = ({ allocation, quantity, flopsPerToken }: SurfaceFit): Passage | undefined =>
  allocation &&
  table(
    [`optimum under ${computeRule({ flopsPerToken })}`, "coefficient", "exponent", "std. error", "95 % interval"],
    (["N", "D", "loss"] as const).map((name) => [
      name !== "loss" ? name : allocation.loss.floor > 0 ? `${quantity} − E` : quantity,
      num(allocation[name].coefficient.value),
      ...estimateCells(allocation[name].exponent),
    ]),
  );

const resampled = ({ bootstrap }: SurfaceFit): Passage | string | undefined => {
  if (!bootstrap) return undefined;
  if (!bootstrap.ok) return `bootstrap refused: ${bootstrap.message}`;
  const { parameters, allocation, resamples, failed } = bootstrap;
  const shown = { ...parameters, "N* exponent": allocation["N.exponent"]!, "D* exponent": allocation["D.exponent"]! };
  return {
    ...table(
      [`bootstrap, ${plural(resamples, "resample")}`, "median", "std. error", "95 % interval"],
      Object.entries(shown).map(([name, { median, standardError, ci95 }]) => [
        name,
        num(median, 6),
        num(standardError, 3),
        interval(ci95),
      ]),
    ),
    notes: failed > 0 ? [`${plural(failed, "resample")} did not converge and are left out`] : [],
  };
};

/** Of whose optimum the table is, where a form depends on more than N and D. */
const inputsNote = ({ form, allocation }: SurfaceFit): string | undefined => {
  const { inputs = [] } = formOfSurface({ form });
  if (!allocation || inputs.length === 0) return undefined;
  const named = inputs.map(({ name, meaning }) => `${name} (${meaning})`).join(" and ");
  const options = inputs.map(({ name, word }) => `--${word} ${name}`).join(" ");
  return `the optimum is that of runs that say nothing of ${named}; isoflop predict … ${options} gives others`;
};

const biasNote = ({ approach2Bias: bias }: SurfaceFit): string | undefined => {
  if (!bias) return undefined;
  if (!bias.ok) return `bias of Approach 2 on this grid: refused, ${bias.message}`;
  const { N, D, loss } = bias.relative;
  return `bias of Approach 2 on this grid at C = ${round(bias.C)}: N* ${signedPercent(N, 4)}, D* ${signedPercent(D, 4)}, L* ${signedPercent(loss, 4)}`;
};
