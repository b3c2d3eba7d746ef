import { badOption, positive, ScalingError, sameLength } from "../../errors.js";
import { estimate, exponentiate } from "../../inference/estimate.js";
import { scaled } from "../../math/linear.js";
import type { FitPrediction } from "../../prediction.js";
import { type Estimate, type Outcome, refuse } from "../../types.js";
import { type Bowl, fitBowl } from "./bowl.js";
import { asBasin, basinOf, type Cell, cellsOf } from "./cells.js";
import { hyperparameterLaw, predictHyperparameter } from "./law.js";
import { logOf, type Monomial, monomial, type NamedNumbers, namesIn } from "./monomial.js";
import type { HyperparameterCell, HyperparameterFit, HyperparameterLaw } from "./record.js";

export interface HyperparameterOptions {
  /** What is predicted, and from what: `{ lr: ["N", "D"] }`, `{ lr: ["C"], batch: ["C"] }`; products of names, as `D/N`. */
  readonly laws: Readonly<Record<string, readonly string[]>>;
  /** Loss of each row. Without it every row is an optimum already. */
  readonly losses?: readonly number[] | undefined;
  /** Standard error of ln y of each row, where every row is an optimum. Default: unknown and equal. */
  readonly sigma?: readonly number[] | undefined;
  /** Names beside those of the predictors that runs of one cell share, such as `batch` where it is not tuned. */
  readonly cells?: readonly string[] | undefined;
  /** Default: `cells` where enough cells have a minimum of their own, otherwise `joint`. */
  readonly method?: "cells" | "joint" | undefined;
  /** Whether basins are parabolas of the loss (default) or of its logarithm. */
  readonly scale?: "raw" | "log" | undefined;
}

/**
 * Laws of the best hyperparameters, from optima or from raw sweeps.
 *
 * `cells`: runs of equal N, D, … are a cell; its minimum is that of a parabola in ln y (of a quadratic bowl in both logarithms where two
 * hyperparameters vary), its error from the noise pooled over cells, and the law goes through the minima, weighted, with the Birge factor.
 * Cells without a minimum inside their sweep are refused and listed.
 * `joint`: loss = L_cell + κ (ln y − law)² through all runs at once, with one κ: it needs no minimum of any single cell, and takes the law
 * for exact.
 * @param rows one record per run or optimum with every number that is named
 * @throws ScalingError `bad-value` for a number that is missing or not positive, `bad-option` for names that cannot be
 */
export const fitHyperparameter = (
  rows: readonly NamedNumbers[],
  options: HyperparameterOptions,
): Outcome<HyperparameterFit> => {
  const names = Object.keys(options.laws);
  if (names.length === 0) throw badOption("laws", "empty", "a hyperparameter at least");
  return options.losses ? fromSweeps(rows, options.losses, options) : fromOptima(rows, options);
};

const fromOptima = (
  rows: readonly NamedNumbers[],
  { laws, sigma, scale = "raw" }: HyperparameterOptions,
): Outcome<HyperparameterFit> => {
  const fitted: [string, HyperparameterLaw][] = [];
  for (const [name, predictors] of Object.entries(laws)) {
    const y = rows.map((row, i) => Math.exp(logOf(monomial(name), row, i + 1)));
    const law = hyperparameterLaw(rows, y, { predictors, sigma });
    if (!law.ok) return law;
    fitted.push([name, law]);
  }
  const shared = sharedOf(laws, []);
  return {
    ok: true,
    record: "hyperparameter",
    method: "optima",
    ...standing(fitted),
    laws: withoutOk(fitted),
    scale,
    cells: rows.map((row, i): HyperparameterCell => {
      const known = (value: number): Estimate => {
        const error = sigma?.[i];
        if (error === undefined) return { value, standardError: Number.NaN, ci95: [Number.NaN, Number.NaN] };
        return exponentiate(estimate(Math.log(value), error, Number.POSITIVE_INFINITY));
      };
      const optimum = fitted.map(([name]) => [name, known(Math.exp(logOf(monomial(name), row)))] as const);
      return {
        at: Object.fromEntries(shared.map((one) => [one, row[one]!])),
        values: {},
        losses: [],
        optimum: Object.fromEntries(optimum),
      };
    }),
    points: rows.length,
  };
};

/** What runs share: the numbers of the predictors, and what else is named. */
const sharedOf = (laws: HyperparameterOptions["laws"], more: readonly string[]): string[] => [
  ...new Set([
    ...Object.values(laws).flatMap((predictors) => predictors.flatMap((one) => namesIn(monomial(one)))),
    ...more,
  ]),
];

const fromSweeps = (
  rows: readonly NamedNumbers[],
  losses: readonly number[],
  options: HyperparameterOptions,
): Outcome<HyperparameterFit> => {
  sameLength(rows, "rows", losses, "losses");
  const { laws, cells: more = [], method, scale = "raw" } = options;
  losses.forEach((loss, i) => {
    if (scale === "log") positive("loss", loss, i + 1);
    else if (!Number.isFinite(loss))
      throw new ScalingError("bad-value", `loss is ${loss}; expected a finite number`, { row: i + 1, field: "loss" });
  });
  const names = Object.keys(laws);
  const shared = sharedOf(laws, more);
  for (const name of names)
    if (shared.includes(name)) throw badOption("laws", name, "a hyperparameter that its own predictors do not hold");
  const cells = cellsOf(rows, scale === "log" ? losses.map(Math.log) : losses, names.map(monomial), shared);
  const context: Sweeps = { names, laws, cells, scale, points: rows.length, losses };
  if (method === "joint") return jointly(context);
  const separate = perCell(context);
  if (separate.ok || method === "cells") return separate;
  const joint = jointly(context);
  return joint.ok ? joint : separate;
};

interface Sweeps {
  readonly names: readonly string[];
  readonly laws: HyperparameterOptions["laws"];
  readonly cells: readonly Cell[];
  readonly scale: "raw" | "log";
  readonly points: number;
  readonly losses: readonly number[];
}

const perCell = (sweeps: Sweeps): Outcome<HyperparameterFit> => {
  const { names, laws, cells, scale, points } = sweeps;
  const basins = cells.map((cell) => ({ cell, basin: basinOf(cell, names) }));
  const found = basins.flatMap(({ cell, basin }) => (basin.ok ? [{ cell, basin }] : []));
  const dof = found.reduce((s, { basin }) => s + basin.degreesOfFreedom, 0);
  if (dof === 0) {
    const message = `${found.length} of ${cells.length} cells have a minimum, and none has more runs than its parabola needs: the noise is not known`;
    return refuse("too-few-points", message);
  }
  const variance = found.reduce((s, { basin }) => s + basin.sumOfSquares, 0) / dof;
  const errorOf = (basin: Bowl, a: number) => Math.sqrt(variance * basin.unscaledCovariance[a]![0]![0]!);
  const fitted: [string, HyperparameterLaw][] = [];
  for (const [a, name] of names.entries()) {
    const y = found.map(({ basin }) => Math.exp(basin.optimum[a]!));
    const law = hyperparameterLaw(
      found.map(({ cell }) => cell.at),
      y,
      { predictors: laws[name], ...(variance > EXACT && { sigma: found.map(({ basin }) => errorOf(basin, a)) }) },
    );
    if (!law.ok) return refuse(law.reason, `${found.length} of ${cells.length} cells have a minimum: ${law.message}`);
    fitted.push([name, law]);
  }
  const noise = { standardDeviation: Math.sqrt(variance), degreesOfFreedom: dof };
  const curvatures = names.map((_, a) =>
    weighted(
      found.map(({ basin }) => basin.curvature[a]![a]!),
      found.map(({ basin }) => variance * basin.curvatureVariance[a]!),
    ),
  );
  return {
    ok: true,
    record: "hyperparameter",
    method: "cells",
    ...standing(fitted),
    laws: withoutOk(fitted),
    scale,
    sensitivity: Object.fromEntries(names.map((name, a) => [name, sensitivityOf(curvatures[a]!)])),
    noise,
    cells: basins.map(({ cell, basin }) => ({
      ...shownCell(cell, sweeps),
      ...(basin.ok
        ? {
            optimum: Object.fromEntries(
              names.map((name, a) => [name, exponentiate(estimate(basin.optimum[a]!, errorOf(basin, a), dof))]),
            ),
            loss: scale === "log" ? Math.exp(basin.lowest[0]!) : basin.lowest[0]!,
          }
        : { refused: { reason: basin.reason, message: basin.message } }),
    })),
    points,
  };
};

/** Noise of exact data is rounding, and would only weigh cells by it. */
const EXACT = 1e-26;

const jointly = (sweeps: Sweeps): Outcome<HyperparameterFit> => {
  const { names, laws, cells, scale, points } = sweeps;
  const [first, ...others] = names.map((name) => laws[name]!);
  if (others.some((other) => other.join() !== first!.join()))
    throw badOption("laws", names.join(", "), "the same predictors of all hyperparameters for a joint fit");
  const predictors: Monomial[] = first!.map(monomial);
  const useful = cells.filter(({ z }) => z.length > 1);
  const bowl = fitBowl(useful.map((cell) => asBasin(cell, predictors)));
  if (!bowl.ok) return bowl;
  const { degreesOfFreedom: dof, sumOfSquares } = bowl;
  if (dof < 1)
    return refuse("too-few-points", `${points} runs are as many as the joint fit has numbers: its error is not known`);
  const variance = sumOfSquares / dof;
  const fitted = names.map((name, a): [string, HyperparameterLaw] => {
    const covariance = scaled(bowl.unscaledCovariance[a]!, variance);
    const at = (j: number) => estimate(bowl.beta[a]![j]!, Math.sqrt(Math.max(0, covariance[j]![j]!)), dof);
    return [
      name,
      {
        predictors: first!,
        exponents: Object.fromEntries(first!.map((one, j) => [one, at(j + 1)])),
        coefficient: exponentiate(at(0)),
        logCoefficient: at(0),
        covariance,
        residualStandardDeviation: Number.NaN,
        degreesOfFreedom: dof,
        points: useful.reduce((s, { z }) => s + z.length, 0),
      },
    ];
  });
  const sensitivity = names.map((name, a) => {
    const error = Math.sqrt(variance * bowl.curvatureVariance[a]!);
    return [name, sensitivityOf(estimate(bowl.curvature[a]![a]!, error, dof))] as const;
  });
  const lowest = new Map(useful.map((cell, c) => [cell, bowl.lowest[c]!]));
  return {
    ok: true,
    record: "hyperparameter",
    method: "joint",
    ...standing(fitted),
    laws: Object.fromEntries(fitted),
    scale,
    sensitivity: Object.fromEntries(sensitivity),
    noise: { standardDeviation: Math.sqrt(variance), degreesOfFreedom: dof },
    cells: cells.map((cell) => {
      const level = lowest.get(cell);
      return {
        ...shownCell(cell, sweeps),
        ...(level === undefined
          ? { refused: { reason: "too-few-points" as const, message: "one run says nothing of a minimum" } }
          : { loss: scale === "log" ? Math.exp(level) : level }),
      };
    }),
    points,
  };
};

const shownCell = (
  { at, rows, z }: Cell,
  { names, losses }: Sweeps,
): Pick<HyperparameterCell, "at" | "values" | "losses"> => ({
  at,
  values: Object.fromEntries(names.map((name, a) => [name, z.map((row) => Math.exp(row[a]!))])),
  losses: rows.map((i) => losses[i]!),
});

const sensitivityOf = (curvature: Estimate) => {
  const factor = Math.LN2 ** 2;
  const { value, standardError, ci95 } = curvature;
  return {
    curvature,
    factor2: {
      value: factor * value,
      standardError: factor * standardError,
      ci95: [factor * ci95[0], factor * ci95[1]] as const,
    },
  };
};

/** The mean of numbers with their variances, its error by the Birge factor where they scatter more. */
const weighted = (values: readonly number[], variances: readonly number[]): Estimate => {
  const weights = variances.map((one) => (one > EXACT ? 1 / one : 1));
  const total = weights.reduce((s, w) => s + w, 0);
  const mean = values.reduce((s, v, i) => s + weights[i]! * v, 0) / total;
  const dof = values.length - 1;
  const spread = values.reduce((s, v, i) => s + weights[i]! * (v - mean) ** 2, 0) / Math.max(1, dof);
  return estimate(mean, Math.sqrt(Math.max(variances.every((one) => one > EXACT) ? 1 : 0, spread) / total), dof);
};

/** An interval that spans this factor at the middle of the data says nothing. */
const standing = (
  laws: readonly (readonly [string, HyperparameterLaw])[],
): Pick<HyperparameterFit, "status" | "message"> => {
  for (const [name, { predictors, exponents }] of laws) {
    const wide = predictors.find((one) => exponents[one]!.ci95[1] - exponents[one]!.ci95[0] > WIDEST);
    if (wide !== undefined)
      return {
        status: "unidentified",
        message: `the exponent of ${wide} in the law of ${name} is not known to within ${WIDEST}`,
      };
  }
  return { status: "converged" };
};

/** No exponent of a hyperparameter that was published is beyond ±1. */
const WIDEST = 2;

const withoutOk = (laws: readonly (readonly [string, HyperparameterLaw & { readonly ok?: true }])[]) =>
  Object.fromEntries(laws.map(([name, { ok: _, ...law }]) => [name, law]));

/** The best hyperparameters at a point: every number that the predictors hold, by name. @throws ScalingError `bad-value` for one that is missing */
export const predictHyperparameters = ({ laws }: HyperparameterFit, at: NamedNumbers): FitPrediction => ({
  record: "prediction",
  given: Object.fromEntries(predictorNames(laws).map((name) => [name, positive(name, at[name])])),
  predicted: Object.fromEntries(Object.entries(laws).map(([name, law]) => [name, predictHyperparameter(law, at)])),
  notes: {},
});

/** The names in a product such as `batch/lr`. @throws ScalingError `bad-option` for a text that is no product of names */
export const monomialNames = (text: string): string[] => [...namesIn(monomial(text))];

/** The numbers that the laws are asked with. */
export const predictorNames = (laws: HyperparameterFit["laws"]): string[] => [
  ...new Set(Object.values(laws).flatMap(({ predictors }) => predictors.flatMap((one) => namesIn(monomial(one))))),
];
