import { badOption, ScalingError } from "../errors.js";
import { checkRuns } from "../input/runs.js";
import type { DroppedRun } from "../input/sift.js";
import type { Loss, Run } from "../types.js";

/** Losses of the same runs at the same noise levels. */
export interface LevelTable {
  /** Diffusion times, ascending, 0 data to 1 noise. */
  readonly t: readonly number[];
  readonly runs: readonly Run[];
  /** By run, and in each by level. */
  readonly losses: readonly (readonly Loss[])[];
  /** Share of the times from 0 to 1 that each level stands for: of bins of the clock their lengths. Default: see {@link levelWidths}. */
  readonly widths?: readonly number[] | undefined;
}

/** A metric of this name is the loss at this time: "loss@0.05". */
const LEVEL = /^loss@(.+)$/;

/** The time that a column's name says, if it says one. */
export const levelOf = (name: string): number | undefined => {
  const t = Number(LEVEL.exec(name)?.[1] ?? Number.NaN);
  return Number.isFinite(t) ? t : undefined;
};

/**
 * Losses by noise level, from metrics "loss@t" of runs, or, where they have none, from rows that are one level each: the metric "t" says
 * which, and rows of one label, or without labels of one size, tokens, compute and seed, are one run. A run that lacks a level is left out, and listed.
 * @throws ScalingError `missing-column` where there are no levels, `bad-value` for a loss that is not positive or a level that comes twice
 */
export const levelTable = (runs: readonly Run[]): LevelTable & { readonly dropped: readonly DroppedRun[] } => {
  checkRuns(runs);
  const found = runs.some(({ metrics = {} }) => Object.keys(metrics).some((name) => levelOf(name) !== undefined))
    ? runs.map((run) => ({ run, levels: fromMetrics(run) }))
    : fromRows(runs);
  const t = [...new Set(found.flatMap(({ levels }) => [...levels.keys()]))].sort((a, b) => a - b);
  if (t.length === 0)
    throw new ScalingError("missing-column", 'there are no noise levels; expected metrics "loss@t", or a column "t"');
  const outside = t.find((time) => time < 0 || time > 1);
  if (outside !== undefined)
    throw new ScalingError("bad-value", `t is ${outside}; expected a diffusion time from 0 to 1`, { field: "t" });
  const whole = found.filter(({ levels }) => levels.size === t.length);
  const dropped = found
    .filter(({ levels }) => levels.size < t.length)
    .map(({ run, levels }): DroppedRun => {
      const missing = t.find((time) => !levels.has(time));
      return {
        row: run.row ?? runs.indexOf(run) + 1,
        reason: "no-loss",
        message: `there is no loss at t = ${missing}`,
      };
    });
  return {
    t,
    runs: whole.map(({ run }) => run),
    losses: whole.map(({ levels }) => t.map((at) => levels.get(at)!)),
    dropped,
  };
};

type Levels = Map<number, Loss>;

const loss = (value: number, run: Run, name: string): Loss => {
  if (value > 0 && Number.isFinite(value)) return value;
  throw new ScalingError("bad-value", `${name} is ${value}; expected a positive finite number`, {
    row: run.row,
    field: name,
  });
};

const fromMetrics = (run: Run): Levels => {
  const levels: Levels = new Map();
  for (const [name, value] of Object.entries(run.metrics ?? {})) {
    const t = levelOf(name);
    if (t !== undefined && !Number.isNaN(value)) levels.set(t, loss(value, run, name));
  }
  return levels;
};

const fromRows = (rows: readonly Run[]): { readonly run: Run; readonly levels: Levels }[] => {
  const runs = new Map<string, { readonly run: Run; readonly levels: Levels }>();
  for (const row of rows) {
    const t = row.metrics?.t;
    if (t === undefined) continue;
    const { N, D, C, seed, label } = row;
    const key = label ?? `${N}|${D}|${C}|${seed}`;
    const known = runs.get(key) ?? { run: row, levels: new Map() };
    if (known.levels.has(t))
      throw new ScalingError("bad-value", `t = ${t} comes twice in one run; expected another label or seed`, {
        row: row.row,
        field: "t",
      });
    known.levels.set(t, loss(row.loss, row, "loss"));
    runs.set(key, known);
  }
  return [...runs.values()];
};

/** What share of the times from 0 to 1 each level stands for: to half way to its neighbours, and to the ends. */
export const levelWidths = (t: readonly number[]): number[] =>
  t.map((at, i) => {
    const low = i === 0 ? 0 : (t[i - 1]! + at) / 2;
    const high = i === t.length - 1 ? 1 : (at + t[i + 1]!) / 2;
    return high - low;
  });

/** w(t) p(t) Δ of every level: by what its loss enters the loss that weighs by w and draws by p. */
export const levelWeights = (
  t: readonly number[],
  weight: (t: number) => number,
  widths: readonly number[] = levelWidths(t),
): number[] => {
  return t.map((at, i) => {
    const value = weight(at) * widths[i]!;
    if (!(value >= 0 && Number.isFinite(value)))
      throw badOption(`the weight at t = ${at}`, value, "a finite number of at least 0");
    return value;
  });
};

/** The loss of every run under these weights of the levels. */
export const summedLosses = ({ losses }: LevelTable, weights: readonly number[]): Loss[] =>
  losses.map((levels) => levels.reduce((sum, one, i) => sum + weights[i]! * one, 0));
