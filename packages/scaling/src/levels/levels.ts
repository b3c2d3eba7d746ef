import { badOption, ScalingError } from "../errors.js";
import {
  type BootstrapEstimate,
  type BootstrapOptions,
  bootstrap,
  bootstrapAsync,
  type Draws,
  type ResampledStatistic,
  summarise,
} from "../inference/bootstrap.js";
import { tooManyFailed } from "../inference/draws.js";
import { extent } from "../math/extent.js";
import type { Random } from "../math/random.js";
import { spaced } from "../math/spaced.js";
import { type Flops, type Loss, type Outcome, type Run, refuse } from "../types.js";
import {
  type Best,
  type LevelLaws,
  type LevelModel,
  lawLevels,
  type SurfaceLevelOptions,
  surfaceLevels,
} from "./model.js";
import type { LevelSum, NoiseLevel, NoiseLevels } from "./record.js";
import { type LevelTable, levelWeights, levelWidths, summedLosses } from "./table.js";

export interface LevelsOptions extends SurfaceLevelOptions, Omit<BootstrapOptions, "interval"> {
  /** A form of law: then every level is a law of compute alone, through all runs. */
  readonly law?: string | undefined;
  /**
   * Losses that weigh the levels in their own ways, by name: w(t) p(t) as a function, or the weight of each level, width included; with the
   * loss that every run has in them, where it is known better than as the sum of its levels. Others are held against the first. Default one, "even":
   * all times alike.
   */
  readonly sums?: Readonly<Record<string, readonly number[] | ((t: number) => number) | KnownSum>> | undefined;
  /** Compute at which the sums are told. Default seven, from the least of the runs to ten times the most. */
  readonly computes?: readonly Flops[] | undefined;
}

/** A sum of levels, and what it stands for. */
export interface KnownSum {
  readonly weights: readonly number[];
  /** Of every run, as its loss under the sum was measured by itself. */
  readonly losses: readonly Loss[];
}

/** Resamples where nothing else is asked: each refits every level. */
const RESAMPLES = 200;

/**
 * The law of the loss at each noise level, and of losses that weigh the levels in other ways, without training: the loss under a
 * weighting w and a density p of times is ∫ w(t) p(t) L_t dt, here Σ w(t_i) p(t_i) Δ_i L_{t_i} with the laws of the levels, whose best
 * size is that of no single level. What is exact of it is the sum: the models are those that were trained, under the weights they were trained with. A
 * model that is trained under the others may do better by them.
 *
 * Intervals are of one bootstrap over runs: a resample takes a run with its losses at all levels, because they are errors of one network.
 * @throws ScalingError `bad-option` naming the option
 */
export const noiseLevels = (table: LevelTable, options: LevelsOptions = {}): Outcome<NoiseLevels> => {
  const posed = pose(table, options);
  return posed.answer(posed.statistic ? bootstrap(posed.statistic, posed.options) : NO_DRAWS);
};

/** As {@link noiseLevels}, returning to the event loop between resamples: with progress and abort. */
export const noiseLevelsAsync = async (
  table: LevelTable,
  options: LevelsOptions = {},
): Promise<Outcome<NoiseLevels>> => {
  const posed = pose(table, options);
  return posed.answer(posed.statistic ? await bootstrapAsync(posed.statistic, posed.options) : NO_DRAWS);
};

/** What is left to do: draws of the statistic, where there are laws to draw, and the answer from them. */
interface Posed {
  readonly options: BootstrapOptions;
  readonly statistic: ResampledStatistic | undefined;
  readonly answer: (draws: Draws) => Outcome<NoiseLevels>;
}

const NO_DRAWS: Draws = { values: [], failed: 0 };

const pose = (table: LevelTable, asked: LevelsOptions): Posed => {
  const options = { ...asked, resamples: asked.resamples ?? RESAMPLES, seed: asked.seed ?? 0 };
  const { runs, t } = table;
  if (runs.length === 0) throw new ScalingError("too-few-points", "no run has a loss at every noise level");
  const model = modelOf(options);
  const sums = sumsOf(table, options);
  const computes = options.computes ?? defaultComputes(runs);
  const right = computes.length > 0 && computes.every((C) => C > 0 && Number.isFinite(C));
  if (!right) throw badOption("computes", computes.join(", "), "positive numbers of FLOPs");
  const levels = t.map((_, i): readonly Run[] => runs.map((run, r) => withLoss(run, table.losses[r]![i]!)));
  const outcomes = levels.map((level) => model.fit(level));
  const widths = table.widths ?? levelWidths(t);
  const record = {
    ...({ ok: true, record: "levels", form: model.form, points: runs.length } as const),
    levels: t.map((at, i): NoiseLevel => ({ t: at, width: widths[i]!, fit: outcomes[i]! })),
  };
  for (const [i, outcome] of outcomes.entries()) {
    if (outcome.ok) continue;
    const sums = refuse(outcome.reason, `at t = ${t[i]}: ${outcome.message}`);
    return { options, statistic: undefined, answer: () => ({ ...record, sums }) };
  }
  const fits = outcomes.flatMap((fit) => (fit.ok ? [fit] : []));
  const numbers = numbersOf(sums, computes, extent(runs.map(({ C }) => C)));
  const value = numbers(model.laws(fits));
  const redraw = model.resampler(fits, levels);
  const direct = ({ weights, losses = summedLosses(table, weights) }: Weighed) =>
    model.fit(runs.map((run, r) => withLoss(run, losses[r]!)));
  return {
    options,
    statistic: (uniform) => {
      const laws = redraw(times(runs.length, uniform));
      return laws && numbers(laws);
    },
    answer({ values, failed }) {
      const { resamples, seed } = options;
      const few = `${failed} of ${resamples} resamples have no law at some level`;
      if (tooManyFailed(failed, resamples)) return { ...record, sums: refuse("too-many-failed-resamples", few) };
      const read: Reading = (of) => summarise(values.map(of), of(value));
      const perToken = model.flopsPerToken(fits);
      const answers = sums.map(
        (sum, s): LevelSum => ({
          ...told(sum, s, computes, perToken, read),
          ...apartOf(table, sum),
          direct: direct(sum),
        }),
      );
      return { ...record, sums: { ok: true, sums: answers, resamples, failed, seed } };
    },
  };
};

const modelOf = (options: LevelsOptions): LevelModel =>
  (options.law === undefined ? surfaceLevels(options) : lawLevels(options.law)) as LevelModel;

const withLoss = ({ sigma: _, ...run }: Run, loss: number): Run => ({ ...run, loss });

interface Weighed {
  readonly name: string;
  readonly weights: readonly number[];
  readonly losses?: readonly Loss[];
}

/** How far the sum of a run's levels is at most from its loss, where that is known. */
const apartOf = (table: LevelTable, { weights, losses }: Weighed): Pick<LevelSum, "apart"> =>
  losses ? { apart: Math.max(...summedLosses(table, weights).map((sum, r) => Math.abs(sum / losses[r]! - 1))) } : {};

const sumsOf = ({ t, widths, runs }: LevelTable, { sums = { even: () => 1 } }: LevelsOptions): Weighed[] => {
  const all = Object.entries(sums).map(([name, given]) => {
    const weights =
      typeof given === "function" ? levelWeights(t, given, widths) : "weights" in given ? given.weights : given;
    const losses = "losses" in given ? given.losses : undefined;
    if (losses && !(losses.length === runs.length && losses.every((loss) => loss > 0 && Number.isFinite(loss))))
      throw badOption(`sums.${name}.losses`, losses.join(", "), "a positive number for each run");
    if (weights.length !== t.length)
      throw badOption(`sums.${name}`, `${weights.length} weights`, `${t.length}, one of each level`);
    if (!(weights.every((w) => w >= 0 && Number.isFinite(w)) && weights.some((w) => w > 0)))
      throw badOption(`sums.${name}`, weights.join(", "), "finite weights of at least 0, one of them above it");
    return { name, weights, ...(losses && { losses }) };
  });
  if (all.length === 0) throw badOption("sums", "empty", "at least one");
  return all;
};

const defaultComputes = (runs: readonly Run[]): number[] => {
  const [low, high] = extent(runs.map(({ C }) => C));
  return spaced(low, 10 * high, 7);
};

/** How often each run is drawn. */
const times = (n: number, uniform: Random): Float64Array => {
  const drawn = new Float64Array(n);
  for (let k = 0; k < n; k++) drawn[Math.floor(uniform() * n)]!++;
  return drawn;
};

/** Numbers of one sum: ln N* and ln L* at each compute, then these. */
const AFTER = ["sizeSlope", "lossSlope", "floor"] as const;

/** All numbers of all sums, one after the other. A size that laws of compute alone do not have is 1. */
const numbersOf =
  (sums: readonly Weighed[], computes: readonly Flops[], [low, high]: readonly [Flops, Flops]) =>
  (laws: LevelLaws): number[] =>
    sums.flatMap(({ weights }) => {
      const floor = laws.floor(weights);
      const [from, to] = [low, high].map((C) => laws.best(weights, C)) as [Best, Best];
      const slope = (of: (best: Best) => number) => (of(to) - of(from)) / Math.log(high / low);
      const size = ({ N = 1 }: Best) => Math.log(N);
      const at = computes.map((C) => laws.best(weights, C)).flatMap((best) => [size(best), Math.log(best.loss)]);
      return [...at, slope(size), slope(({ loss }) => Math.log(loss - floor)), floor];
    });

/** A number that is read from all of them: of the laws of the runs, and of those of the resamples. */
type Reading = (of: (numbers: readonly number[]) => number) => BootstrapEstimate;

/** The `s`-th sum, read from the numbers. @param perToken k of C = k·N·D, where there are sizes */
const told = (
  { name, weights }: Weighed,
  s: number,
  computes: readonly Flops[],
  perToken: number | undefined,
  read: Reading,
): Omit<LevelSum, "direct" | "apart"> => {
  const first = s * (2 * computes.length + AFTER.length);
  const after = (of: (typeof AFTER)[number]) => first + 2 * computes.length + AFTER.indexOf(of);
  const slope = after("sizeSlope");
  return {
    name,
    weights,
    floor: read((numbers) => numbers[after("floor")]!),
    ...(perToken !== undefined && {
      exponent: { N: read((numbers) => numbers[slope]!), D: read((numbers) => 1 - numbers[slope]!) },
    }),
    lossExponent: read((numbers) => numbers[after("lossSlope")]!),
    at: computes.map((C, c) => {
      const [own, ofFirst] = [first + 2 * c, 2 * c];
      const loss = read((numbers) => Math.exp(numbers[own + 1]!));
      if (perToken === undefined) return { C, loss };
      return {
        C,
        N: read((numbers) => Math.exp(numbers[own]!)),
        D: read((numbers) => C / perToken / Math.exp(numbers[own]!)),
        loss,
        ...(s > 0 && { ratio: read((numbers) => Math.exp(numbers[own]! - numbers[ofFirst]!)) }),
      };
    }),
  };
};
