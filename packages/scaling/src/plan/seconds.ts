import { positive, record, whole } from "@isoflop/spec";
import * as v from "valibot";
import { goldenMinimum } from "../math/search.js";
import * as fields from "../records/fields.js";
import { nonNegativeLeastSquares } from "../surface/non-negative.js";
import { type Flops, type Outcome, type Parameters, type Run, refuse, type Tokens } from "../types.js";

/** What of a planned run decides its cost. */
export interface Priced {
  readonly C: Flops;
  readonly N: Parameters;
  readonly D: Tokens;
}

export const measuredCostSchema = record({
  ok: v.exactOptional(fields.ok),
  /** Seconds of a run that spends next to nothing: starting, compiling, validating. */
  base: fields.notNegative,
  /** ln of the FLOPs per second of a model of one parameter. */
  logRate: fields.finite,
  /** The rate grows as N to this power: small models keep a device less busy. */
  exponent: fields.finite,
  /** Share of the variance of ln seconds that is explained. */
  rSquared: fields.anyNumber,
  /** Runs with a measured time. */
  runs: whole({ atLeast: 1 }),
  /** Sizes among them. */
  sizes: fields.pairOf(positive),
});

/** seconds = base + C / (rate · N^exponent), fitted to runs that carry their time. */
export interface MeasuredCost extends fields.Read<typeof measuredCostSchema> {}

/** Seconds that a run is expected to take. */
export const secondsOf = ({ base, logRate, exponent }: MeasuredCost, { C, N }: Priced): number =>
  base + Math.exp(Math.log(C) - logRate - exponent * Math.log(N));

/** The rate rises with the size, or falls, no faster than this. */
const STEEPEST = 1;
const STEPS = 41;
/** Fewer runs do not show how the rate depends on size. */
const FEWEST = 4;

/** Where the time of no run depends on its compute by more than this share, it does not. */
const LEAST_SHARE = 1e-6;

/** Time that a run carries: a metric or an input of that name. */
const timeOf = ({ metrics, inputs }: Run, name: string): number | undefined => {
  for (const measured of [metrics, inputs])
    if (measured && Object.hasOwn(measured, name)) return measured[name]! > 0 ? measured[name] : undefined;
  return undefined;
};

/**
 * What runs cost in seconds: base + C / rate(N), with base ≥ 0 and a rate that is a power of N between N^−1 and N, by least squares of
 * relative errors; base and rate are solved for exactly at each power. A rule of thumb of this package: time measured on one device under one load.
 * @param name of the metric or input that holds the seconds
 */
export const measuredCost = (runs: readonly Run[], name = "seconds"): Outcome<MeasuredCost> => {
  const timed = runs.flatMap((run) => {
    const seconds = timeOf(run, name);
    return seconds === undefined || !Number.isFinite(seconds) ? [] : [{ ...run, seconds }];
  });
  const computes = new Set(timed.map(({ C }) => C)).size;
  if (timed.length < 3 || computes < 2)
    return refuse(
      "too-few-points",
      `${timed.length} runs of ${computes} computes carry "${name}" above 0; at least three runs of two computes are needed`,
    );
  const sizes = timed.map(({ N }) => N);
  const [low, high] = [Math.min(...sizes), Math.max(...sizes)];
  // Powers are of N over a middle one, so that coefficients of all exponents are of one size.
  const middle = Math.sqrt(low * high);
  const at = (exponent: number) => solved(timed, middle, exponent);
  const several = timed.length >= FEWEST && new Set(sizes).size > 1;
  const exponent = several ? best((x) => at(x).rest) : 0;
  const { base, perFlop, most } = at(exponent);
  if (!(most > LEAST_SHARE))
    return refuse("unidentified", `"${name}" does not grow with compute: there is no rate to fit`);
  const cost = { ok: true, base, logRate: -Math.log(perFlop) - exponent * Math.log(middle), exponent } as const;
  const logs = timed.map(({ seconds }) => Math.log(seconds));
  const mean = logs.reduce((s, v) => s + v, 0) / logs.length;
  const whole = { ...cost, rSquared: 0, runs: timed.length, sizes: [low, high] as const };
  const left = timed.reduce((s, run, i) => s + (logs[i]! - Math.log(secondsOf(whole, run))) ** 2, 0);
  const all = logs.reduce((s, v) => s + (v - mean) ** 2, 0);
  return { ...whole, rSquared: all > 0 ? 1 - left / all : Number.NaN };
};

type Timed = Priced & { readonly seconds: number };

/** Base and seconds per FLOP at the middle size that leave the least squares of relative errors. */
const solved = (timed: readonly Timed[], middle: Parameters, exponent: number) => {
  const rows = timed.map(({ C, N, seconds }) => [1 / seconds, (C * (N / middle) ** -exponent) / seconds] as const);
  const gram = [0, 1].map((i) => [0, 1].map((j) => rows.reduce((s, row) => s + row[i]! * row[j]!, 0)));
  const moments = [0, 1].map((i) => rows.reduce((s, row) => s + row[i]!, 0));
  const [base, perFlop] = nonNegativeLeastSquares(gram, moments) as [number, number];
  const most = Math.max(...rows.map((row) => perFlop * row[1]));
  return { base, perFlop, most, rest: rows.reduce((s, row) => s + (base * row[0] + perFlop * row[1] - 1) ** 2, 0) };
};

/** Least of a function of the exponent: the best of a grid, refined. */
const best = (f: (exponent: number) => number): number => {
  const step = (2 * STEEPEST) / (STEPS - 1);
  const grid = Array.from({ length: STEPS }, (_, i) => -STEEPEST + i * step);
  const values = grid.map(f);
  const x = grid[values.indexOf(Math.min(...values))]!;
  return goldenMinimum(f, Math.max(-STEEPEST, x - step), Math.min(STEEPEST, x + step)).x;
};
