import { ScalingError } from "../errors.js";
import { shown } from "../message.js";
import type { Flops, Parameters, Run, Tokens } from "../types.js";
import type { BadRows, MalformedRow } from "./delimited.js";

/** Raw values of one row before they are checked; `row` is for error messages, counted from 1. */
export interface RawRun {
  readonly C?: number | undefined;
  readonly N?: number | undefined;
  readonly D?: number | undefined;
  readonly loss?: number | undefined;
  readonly sigma?: number | undefined;
  readonly seed?: number | undefined;
  readonly label?: string | undefined;
  readonly metrics?: Readonly<Record<string, number>> | undefined;
  readonly row?: number | undefined;
}

export type DropReason = "duplicate" | "no-loss" | "bad-row" | "highest-loss" | "no-quantity" | "at-zero";

/** A row that is not used, and why. */
export interface DroppedRun {
  readonly row: number;
  readonly reason: DropReason;
  readonly message: string;
}

export interface CleanRuns {
  readonly runs: readonly Run[];
  readonly dropped: readonly DroppedRun[];
}

export interface CleanOptions {
  /** How the missing one of C, N and D follows: C = flopsPerParameterToken · N · D. Default 6 (forward 2, backward 4; Kaplan et al. 2020). */
  readonly flopsPerParameterToken?: number | undefined;
  /** What to do with a row that cannot be right. `throw` (default) names the row; `drop` lists it with its reason. */
  readonly badRows?: BadRows | undefined;
  /**
   * The metric that is to be fitted in the place of the loss. A row without it is dropped with its reason; one without a loss is
   * whole, and has the metric as its loss.
   */
  readonly quantity?: string | undefined;
}

/** Rows that were not read, as what is told of them. */
export const badRowsOf = (malformed: readonly MalformedRow[]): DroppedRun[] =>
  malformed.map(({ row, message }) => ({ row, reason: "bad-row", message }));

export const byRow = (dropped: readonly DroppedRun[]): DroppedRun[] => [...dropped].sort((a, b) => a.row - b.row);

/** A metric of a run; a name that every object answers to is a name like any other. */
export const metricOf = ({ metrics }: Pick<Run, "metrics">, name: string): number | undefined =>
  metrics && Object.hasOwn(metrics, name) ? metrics[name] : undefined;

/** A cross-entropy above this is not a loss in nats: most often a perplexity or a step count in the wrong column. */
const LARGEST_LOSS = 100;

/**
 * C over k·N·D, or its inverse, beyond which one of the three is in another unit: exact counts differ from 6ND by less than ten,
 * counting samples as tokens by some thousands, a million tokens as one by more than this.
 */
const LARGEST_MISMATCH = 1e5;

/**
 * Checks rows, completes the missing one of C, N and D, and drops exact duplicates.
 * Rows of the same size and budget with different losses are seeds and stay; a diverged run (NaN loss) is dropped with its reason.
 * @throws ScalingError with the row number for a value that cannot be right, unless `badRows` is `drop`.
 */
export const cleanRuns = (rows: readonly RawRun[], options: CleanOptions = {}): CleanRuns => {
  const runs: Run[] = [];
  const dropped: DroppedRun[] = [];
  const seen = new Map<number, Run[]>();
  for (let i = 0; i < rows.length; i++) {
    const raw = rows[i]!;
    const row = raw.row ?? i + 1;
    const { quantity } = options;
    const refused = quantity === undefined ? undefined : withoutQuantity(raw, quantity);
    if (refused !== undefined) {
      dropped.push({ row, reason: "no-quantity", message: refused });
      continue;
    }
    if (quantity === undefined && raw.loss !== undefined && Number.isNaN(raw.loss)) {
      dropped.push({ row, reason: "no-loss", message: "the loss is NaN: the run diverged or was not evaluated" });
      continue;
    }
    try {
      const run = completeRun(raw, row, options);
      const first = remember(seen, run);
      if (first) {
        dropped.push({ row, reason: "duplicate", message: `equal in every field to row ${first.row}` });
        continue;
      }
      runs.push(run);
    } catch (error) {
      if (!(error instanceof ScalingError) || options.badRows !== "drop") throw error;
      dropped.push({ row, reason: "bad-row", message: error.message });
    }
  }
  return { runs, dropped };
};

/** Files the run under a number that hardly ever repeats; returns the earlier run it equals, if there is one. */
const remember = (seen: Map<number, Run[]>, run: Run): Run | undefined => {
  const key = run.loss * run.N + run.D;
  const filed = seen.get(key);
  if (!filed) {
    seen.set(key, [run]);
    return undefined;
  }
  const twin = filed.find(
    (o) =>
      o.loss === run.loss &&
      o.N === run.N &&
      o.D === run.D &&
      o.C === run.C &&
      o.seed === run.seed &&
      o.label === run.label &&
      o.sigma === run.sigma &&
      sameMetrics(o.metrics, run.metrics),
  );
  if (!twin) filed.push(run);
  return twin;
};

const sameMetrics = (a: Run["metrics"] = {}, b: Run["metrics"] = {}): boolean => {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => Object.is(metricOf({ metrics: a }, name), metricOf({ metrics: b }, name)));
};

/** What is wrong with a metric that is to be fitted. */
const withoutQuantity = ({ metrics }: RawRun, quantity: string): string | undefined => {
  const value = metricOf(metrics ? { metrics } : {}, quantity);
  if (value !== undefined && value > 0 && Number.isFinite(value)) return undefined;
  return `${quantity} is ${value === undefined ? "missing" : value}; expected a positive finite number`;
};

/** The loss of a row; a metric that is fitted stands for one that is not there. */
const lossOf = ({ loss, metrics }: RawRun, row: number, quantity: string | undefined): number => {
  if (quantity !== undefined && (loss === undefined || Number.isNaN(loss))) return metrics![quantity]!;
  const given = positive("loss", loss, row);
  if (given === undefined) throw new ScalingError("incomplete-row", "the loss is missing", { row, field: "loss" });
  if (given <= LARGEST_LOSS) return given;
  const message = `loss is ${given}; above ${LARGEST_LOSS} it is not a loss (a perplexity? take its logarithm)`;
  throw new ScalingError("wrong-unit", message, { row, field: "loss", value: given });
};

const completeRun = (raw: RawRun, row: number, { flopsPerParameterToken = 6, quantity }: CleanOptions): Run => {
  if (!(flopsPerParameterToken > 0)) {
    throw new ScalingError(
      "bad-option",
      `flopsPerParameterToken is ${flopsPerParameterToken}; expected a positive number`,
    );
  }
  const C = positive("C", raw.C, row);
  const N = positive("N", raw.N, row);
  const D = positive("D", raw.D, row);
  const given = [C, N, D].filter((v) => v !== undefined).length;
  if (given < 2) {
    throw new ScalingError("incomplete-row", "two of C (FLOPs), N (parameters) and D (tokens) are needed", { row });
  }
  const loss = lossOf(raw, row, quantity);
  const size = N ?? (C as Flops) / (flopsPerParameterToken * (D as Tokens));
  const tokens = D ?? (C as Flops) / (flopsPerParameterToken * (N as Parameters));
  const compute = C ?? flopsPerParameterToken * size * tokens;
  atLeastOne("N", size, "parameters", row);
  atLeastOne("D", tokens, "tokens", row);
  atLeastOne("C", compute, "FLOPs", row);
  const mismatch = compute / (flopsPerParameterToken * size * tokens);
  if (mismatch > LARGEST_MISMATCH || mismatch < 1 / LARGEST_MISMATCH) {
    throw new ScalingError(
      "wrong-unit",
      `C is ${shown(compute)}, but ${flopsPerParameterToken}·N·D is ${shown(flopsPerParameterToken * size * tokens)}; expected C in FLOPs, N in parameters and D in tokens`,
      { row, field: "C", value: compute },
    );
  }
  const { sigma, seed, label, metrics } = raw;
  if (sigma !== undefined && !(sigma >= 0 && Number.isFinite(sigma))) {
    throw new ScalingError("bad-value", `sigma is ${sigma}; expected a standard error of the loss, zero or more`, {
      row,
      field: "sigma",
      value: sigma,
    });
  }
  const run: { -readonly [K in keyof Run]: Run[K] } = { C: compute, N: size, D: tokens, loss, row };
  if (sigma !== undefined) run.sigma = sigma;
  if (seed !== undefined) run.seed = seed;
  if (label !== undefined) run.label = label;
  if (metrics !== undefined) run.metrics = metrics;
  return run;
};

const positive = (field: string, value: number | undefined, row: number): number | undefined => {
  if (value === undefined) return undefined;
  if (value > 0 && Number.isFinite(value)) return value;
  const message = `${field} is ${shown(value)}; expected a positive finite number`;
  throw new ScalingError("bad-value", message, { row, field, value });
};

const atLeastOne = (field: string, value: number, unit: string, row: number): void => {
  if (value >= 1) return;
  throw new ScalingError(
    "wrong-unit",
    `${field} is ${value}; expected a count of ${unit} (not millions or billions of them)`,
    {
      row,
      field,
      value,
    },
  );
};

/**
 * Removes the `count` runs of highest loss, as Besiroglu et al. (2404.10102) do with five runs of the Chinchilla figure.
 * A filter moves exponents, so what it removed comes back with it.
 */
export const dropHighestLoss = (runs: readonly Run[], count: number): CleanRuns => {
  const order = runs.map((run, i) => ({ loss: run.loss, i })).sort((a, b) => b.loss - a.loss || a.i - b.i);
  const out = new Set(order.slice(0, count).map(({ i }) => i));
  return {
    runs: runs.filter((_, i) => !out.has(i)),
    dropped: [...out]
      .sort((a, b) => a - b)
      .map((i) => ({
        row: runs[i]!.row ?? i + 1,
        reason: "highest-loss" as const,
        message: `loss ${runs[i]!.loss} is among the ${count} highest`,
      })),
  };
};

/**
 * Runs whose loss is one of their metrics, so that any fit of a loss is a fit of the metric: FID, a bound, the loss on other data.
 * Seeds' noise is that of the loss and does not carry over.
 */
export const quantityAsLoss = (runs: readonly Run[], quantity: string): CleanRuns => {
  const out: Run[] = [];
  const dropped: DroppedRun[] = [];
  runs.forEach(({ sigma: _, ...run }, i) => {
    const message = withoutQuantity(run, quantity);
    if (message === undefined) out.push({ ...run, loss: metricOf(run, quantity)! });
    else dropped.push({ row: run.row ?? i + 1, reason: "no-quantity", message });
  });
  return { runs: out, dropped };
};

/**
 * Guards fits against runs that did not come through `cleanRuns`: a NaN or a zero would spread silently.
 * @throws ScalingError `bad-value` with the row, or the 1-based position, and the field.
 */
export const checkRuns = (runs: readonly Run[]): void => {
  for (let i = 0; i < runs.length; i++) {
    const run = runs[i]!;
    for (const field of FITTED) {
      const value = run[field];
      if (value > 0 && value < Number.POSITIVE_INFINITY) continue;
      throw new ScalingError("bad-value", `${field} is ${value}; expected a positive finite number`, {
        row: run.row ?? i + 1,
        field,
        value,
      });
    }
  }
};

const FITTED = ["C", "N", "D", "loss"] as const;
