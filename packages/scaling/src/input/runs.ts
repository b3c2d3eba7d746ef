import { badOption, positive, ScalingError, shown } from "../errors.js";
import type { Run } from "../types.js";
import { type BadRows, type DroppedRun, sift } from "./sift.js";

/** Raw values of one row before they are checked; `row` is for error messages, counted from 1. */
export type RawRun = { readonly [field in keyof Run]?: Run[field] | undefined };

export interface CleanRuns {
  readonly runs: readonly Run[];
  readonly dropped: readonly DroppedRun[];
}

export interface CleanOptions {
  /** How the missing one of C, N and D follows: C = flopsPerParameterToken · N · D. Default 6 (forward 2, backward 4; Kaplan et al. 2020). */
  readonly flopsPerParameterToken?: number | undefined;
  /** What to do with a row that cannot be right. `throw` (default) names the row; `drop` lists it with its reason. */
  readonly badRows?: BadRows | undefined;
  /** What to do with a row that is equal in every field to one before. Default `drop`, with its reason: two trainings hardly ever end alike. */
  readonly duplicates?: "drop" | "keep" | undefined;
  /**
   * The metric that is to be fitted in the place of the loss. A row without it is dropped with its reason; one without a loss is
   * whole, and has the metric as its loss.
   */
  readonly quantity?: string | undefined;
}

/** A name that every object answers to is a name like any other. */
const numberOf = (numbers: Numbers | undefined, name: string): number | undefined =>
  numbers && Object.hasOwn(numbers, name) ? numbers[name] : undefined;

/** A metric of a run. */
export const metricOf = ({ metrics }: RawRun, name: string): number | undefined => numberOf(metrics, name);

/** The known standard error of a metric of a run. */
export const standardErrorOf = ({ standardErrors }: RawRun, name: string): number | undefined =>
  numberOf(standardErrors, name);

/** A further predictor of a run's loss; undefined where the run does not say. */
export const inputOf = ({ inputs }: RawRun, name: string): number | undefined => numberOf(inputs, name);

/** A cross-entropy above this is not a loss in nats: most often a perplexity or a step count in the wrong column. */
const LARGEST_LOSS = 100;

/**
 * C over k·N·D, or its inverse, beyond which one of the three is in another unit: exact counts differ from 6ND by less than ten,
 * counting samples as tokens by some thousands, a million tokens as one by more than this.
 */
const LARGEST_MISMATCH = 1e5;

/**
 * Checks rows, completes the missing one of C, N and D, and drops exact duplicates unless they are to be kept.
 * Rows of the same size and budget with different losses are seeds and stay; a diverged run (NaN loss) is dropped with its reason.
 * @throws ScalingError with the row number for a value that cannot be right, unless `badRows` is `drop`.
 */
export const cleanRuns = (rows: readonly RawRun[], options: CleanOptions = {}): CleanRuns => {
  const { quantity, flopsPerParameterToken = 6, badRows = "throw", duplicates = "drop" } = options;
  if (!(flopsPerParameterToken > 0))
    throw badOption("flopsPerParameterToken", flopsPerParameterToken, "a positive number");
  const seen = new Map<number, Run[]>();
  const { kept, dropped } = sift(rows, badRows, (raw, i, drop) => {
    const row = raw.row ?? i + 1;
    const refused = quantity === undefined ? undefined : withoutQuantity(raw, quantity);
    if (refused !== undefined) return drop(row, "no-quantity", refused);
    if (quantity === undefined && Number.isNaN(raw.loss))
      return drop(row, "no-loss", "the loss is NaN: the run diverged or was not evaluated");
    const run = completeRun(raw, row, flopsPerParameterToken, quantity);
    if (duplicates === "keep") return run;
    const first = remember(seen, run);
    return first ? drop(row, "duplicate", `equal in every field to row ${first.row}`) : run;
  });
  return { runs: kept, dropped };
};

const COMPARED = ["loss", "N", "D", "C", "seed", "label", "sigma"] as const;
/** Compared name by name. */
const NAMED = ["metrics", "standardErrors", "inputs"] as const;

/** Files the run under a number that hardly ever repeats; returns the earlier run it equals, if there is one. */
const remember = (seen: Map<number, Run[]>, run: Run): Run | undefined => {
  const key = run.loss * run.N + run.D;
  const filed = seen.get(key) ?? [];
  const twin = filed.find(
    (other) =>
      COMPARED.every((field) => other[field] === run[field]) &&
      NAMED.every((field) => sameNumbers(other[field], run[field])),
  );
  if (!twin) seen.set(key, [...filed, run]);
  return twin;
};

type Numbers = Readonly<Record<string, number>>;

const sameNumbers = (a: Numbers = {}, b: Numbers = {}): boolean => {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => Object.is(numberOf(a, name), numberOf(b, name)));
};

/** What is wrong with a metric that is to be fitted. */
const withoutQuantity = (run: RawRun, quantity: string): string | undefined => {
  const value = metricOf(run, quantity);
  if (value !== undefined && value > 0 && Number.isFinite(value)) return undefined;
  return `${quantity} is ${value === undefined ? "missing" : value}; expected a positive finite number`;
};

/** The loss of a row; a metric that is fitted stands for one that is not there or cannot be right, as it takes no part. */
const lossOf = ({ loss, metrics }: RawRun, row: number, quantity: string | undefined): number => {
  if (quantity !== undefined && !(loss !== undefined && loss > 0 && loss <= LARGEST_LOSS)) return metrics![quantity]!;
  if (loss === undefined) throw new ScalingError("incomplete-row", "the loss is missing", { row, field: "loss" });
  if (positive("loss", loss, row) <= LARGEST_LOSS) return loss;
  const message = `loss is ${loss}; above ${LARGEST_LOSS} it is not a loss (a perplexity? take its logarithm)`;
  throw new ScalingError("wrong-unit", message, { row, field: "loss", value: loss });
};

/** @param k of C = k·N·D, from which the missing one of the three follows */
const completeRun = (raw: RawRun, row: number, k: number, quantity: string | undefined): Run => {
  const { sigma, seed, label, metrics, standardErrors, inputs } = raw;
  const given = (field: "C" | "N" | "D") => (raw[field] === undefined ? undefined : positive(field, raw[field], row));
  const [givenC, givenN, givenD] = [given("C"), given("N"), given("D")];
  if ([givenC, givenN, givenD].filter((value) => value !== undefined).length < 2)
    throw new ScalingError("incomplete-row", "two of C (FLOPs), N (parameters) and D (tokens) are needed", { row });
  const loss = lossOf(raw, row, quantity);
  const N = givenN ?? givenC! / (k * givenD!);
  const D = givenD ?? givenC! / (k * givenN!);
  const C = givenC ?? k * N * D;
  for (const [field, unit, value] of [
    ["N", "parameters", N],
    ["D", "tokens", D],
    ["C", "FLOPs", C],
  ] as const) {
    if (value >= 1) continue;
    const message = `${field} is ${value}; expected a count of ${unit} (not millions or billions of them)`;
    throw new ScalingError("wrong-unit", message, { row, field, value });
  }
  const mismatch = C / (k * N * D);
  if (mismatch > LARGEST_MISMATCH || mismatch < 1 / LARGEST_MISMATCH) {
    const message = `C is ${shown(C)}, but ${k}·N·D is ${shown(k * N * D)}; expected C in FLOPs, N in parameters and D in tokens`;
    throw new ScalingError("wrong-unit", message, { row, field: "C", value: C });
  }
  const sigmaIsRight = sigma === undefined || (sigma >= 0 && Number.isFinite(sigma));
  if (!sigmaIsRight && quantity === undefined) {
    const message = `sigma is ${sigma}; expected a standard error of the loss, zero or more`;
    throw new ScalingError("bad-value", message, { row, field: "sigma", value: sigma });
  }
  for (const [field, value] of Object.entries(standardErrors ?? {})) {
    if (value >= 0 && Number.isFinite(value)) continue;
    const message = `the standard error of ${field} is ${value}; expected a finite number, zero or more`;
    throw new ScalingError("bad-value", message, { row, field, value });
  }
  for (const [field, value] of Object.entries(inputs ?? {})) {
    if (Number.isFinite(value)) continue;
    throw new ScalingError("bad-value", `${field} is ${value}; expected a finite number`, { row, field, value });
  }
  const run: { -readonly [K in keyof Run]: Run[K] } = { C, N, D, loss, row };
  if (sigma !== undefined && sigmaIsRight) run.sigma = sigma;
  if (seed !== undefined) run.seed = seed;
  if (label !== undefined) run.label = label;
  if (metrics !== undefined) run.metrics = metrics;
  if (standardErrors !== undefined) run.standardErrors = standardErrors;
  if (inputs !== undefined) run.inputs = inputs;
  return run;
};

/**
 * Removes the `count` runs of highest loss, as Besiroglu et al. (2404.10102) do with five runs of the Chinchilla figure.
 * A filter moves exponents, so what it removed comes back with it.
 */
export const dropHighestLoss = (runs: readonly Run[], count: number): CleanRuns => {
  const order = runs.map(({ loss }, i) => ({ loss, i })).sort((a, b) => b.loss - a.loss || a.i - b.i);
  const out = new Set(order.slice(0, count).map(({ i }) => i));
  const { kept, dropped } = sift(runs, "throw", (run, i, drop) =>
    out.has(i) ? drop(run.row ?? i + 1, "highest-loss", `loss ${run.loss} is among the ${count} highest`) : run,
  );
  return { runs: kept, dropped };
};

/**
 * Runs whose loss is one of their metrics, so that any fit of a loss is a fit of the metric: FID, a bound, the loss on other data.
 * Their sigma is the metric's own standard error, where they state one.
 */
export const quantityAsLoss = (runs: readonly Run[], quantity: string): CleanRuns => {
  const { kept, dropped } = sift(runs, "throw", ({ sigma: _, ...run }, i, drop) => {
    const refused = withoutQuantity(run, quantity);
    if (refused !== undefined) return drop(run.row ?? i + 1, "no-quantity", refused);
    const sigma = standardErrorOf(run, quantity);
    return { ...run, loss: metricOf(run, quantity)!, ...(sigma !== undefined && { sigma }) };
  });
  return { runs: kept, dropped };
};

const FITTED = ["C", "N", "D", "loss"] as const;

/**
 * Guards fits against runs that did not come through `cleanRuns`: a NaN or a zero would spread silently.
 * @throws ScalingError `bad-value` with the row, or the 1-based position, and the field.
 */
export const checkRuns = (runs: readonly Run[]): void => {
  for (let i = 0; i < runs.length; i++) {
    const run = runs[i]!;
    for (const field of FITTED) positive(field, run[field], run.row ?? i + 1);
  }
};
