import { only, record, shown } from "@isoflop/spec";
import { numbers } from "../arithmetic.js";
import { check, count, unit } from "../checks.js";
import { must } from "../errors.js";
import { carriedTime, slopeAt } from "../noise-to-signal.js";
import { boundOnly, type Objective, objectives, weightIn } from "../objective.js";
import { told } from "../prediction.js";

/** What losses were measured under, and what they are wanted under. */
export interface LossConversion {
  readonly from: Objective;
  readonly to: Objective;
}

/** Squared errors of samples, weighted as `from` weighs them, and their times on its path. */
export interface MeasuredLosses {
  readonly losses: ArrayLike<number>;
  /** Drawn by the density of `from`: its quantiles, stratified or independent. */
  readonly times: ArrayLike<number>;
}

/** What a mean over another density is worth. */
interface Reweighted {
  /** The mean under the density of `to`. */
  readonly mean: number;
  readonly stdErr: number;
  /** How many samples of that density would say as much (Kish): few where the two densities hardly overlap. */
  readonly effective: number;
  /** Share of the density of `to` that lies where that of `from` draws, about 1 where it covers it. */
  readonly covered: number;
  /** What to doubt, in words. */
  readonly cautions: readonly string[];
}

/** The losses that the same predictions have under `to`. */
export interface ConvertedLosses extends Reweighted {
  /** Of each sample, exact. */
  readonly losses: Float64Array;
  /** Of each sample, on the path of `to`. */
  readonly times: Float64Array;
}

/** Mean loss of the samples whose times lie in one part of the clock. */
export interface LossBin {
  /** Times from here … */
  readonly from: number;
  /** … to here, 0 is data and 1 noise. */
  readonly to: number;
  readonly mean: number;
  readonly stdErr: number;
}

export interface ConvertedBins extends Reweighted {
  readonly bins: readonly LossBin[];
}

const conversions = record({ from: objectives, to: objectives });

/** A space in which errors at equal noise to signal are the same on every path, and every weight is finite: EDM's F, of any deviation. */
const COMMON = { kind: "F", sigmaData: 1 } as const;

/** Fewer effective samples than this share, or this share of the density outside, is told. */
const [FEW, COVERED] = [0.1, 0.95];

/** Importance weights average 1 at most; a mean above by so many standard errors of its own is none of chance. */
const ERRORS = 4;

const weightAt = (aim: Objective, t: number): number => weightIn(numbers, aim.path.at(t), aim, COMMON, false);

/**
 * What a loss at one time is multiplied by to be another objective's: losses are weighted squared errors, and errors of one prediction are those of
 * any other times a number that the time alone decides. Of another path it is at equal noise to signal. 1 / (SNR + 1) from noise to v, where
 * alpha² + sigma² = 1; densities have no part in it.
 * @param t on the path of `from`
 * @throws DiffusionError("option") unless t is in 0..1, or where one of them is no squared error; ("singular") where the factor is 0 / 0 or infinite
 */
export const lossFactor = (conversion: LossConversion, t: number): number => {
  checkConversion("lossFactor", conversion);
  return factorAt(conversion, check(unit, t, "lossFactor: t"));
};

/** @throws DiffusionError("option") unless both are objectives of squared errors */
const checkConversion = (what: string, conversion: LossConversion): void => {
  check(conversions, conversion, what);
  for (const [name, { loss: kind }] of Object.entries(conversion) as [string, Objective][])
    must(
      !boundOnly(kind),
      "option",
      `${what}: ${name} has loss "${kind}", DDPM's bound; squared errors alone can be told from each other.`,
    );
};

/** @throws DiffusionError("singular") where it is 0 / 0 or infinite */
const factorAt = ({ from, to }: LossConversion, t: number): number => {
  const factor = weightAt(to, carriedTime(from.path, to.path, t)) / weightAt(from, t);
  const which = `an error in ${told(from.errorIn)} says nothing of one in ${told(to.errorIn)}`;
  must(
    Number.isFinite(factor),
    "singular",
    `convertLosses: at t = ${t} of the ${from.path.name} path ${which} (the factor is ${factor}); stay away from it.`,
  );
  return factor;
};

/** How much likelier a time is under `to` than under `from`, by their densities on one clock. */
const likelier = ({ from, to }: LossConversion, t: number): number => {
  const there = carriedTime(from.path, to.path, t);
  const drawn = from.density.pdf(t);
  const wanted = to.density.pdf(there) * (from.path === to.path ? 1 : slopeAt(from.path, t) / slopeAt(to.path, there));
  if (wanted === 0) return 0;
  must(drawn > 0, "option", `convertLosses: a time is ${t}, which the ${from.density.name} density never draws.`);
  return wanted / drawn;
};

const cautionsOf = (n: number, effective: number, covered: number, { from, to }: LossConversion): readonly string[] => {
  const densities = `the ${from.density.name} density draws`;
  const cautions: string[] = [];
  if (effective < FEW * n)
    cautions.push(
      `${densities} few of the times that ${to.density.name} does: ${n} samples are worth ${effective.toFixed(1)}`,
    );
  if (covered < COVERED)
    cautions.push(
      `${densities} none of ${((1 - covered) * 100).toFixed(0)} % of the times that ${to.density.name} does`,
    );
  const error = covered * Math.sqrt(Math.max(1 / effective - 1 / n, 0));
  if (covered - ERRORS * error > 2 - COVERED)
    cautions.push(
      `the times are hardly draws of the ${from.density.name} density: importance weights average ${covered.toFixed(2)}, and 1 where they are`,
    );
  return cautions;
};

/** A self-normalized mean, with the standard error of its first order (Owen, Monte Carlo theory, 2013, section 9.2). */
const weightedMean = (losses: readonly number[], weights: readonly number[]) => {
  const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
  const sum = total(weights);
  const squares = total(weights.map((weight) => weight ** 2));
  const mean = total(losses.map((loss, i) => weights[i]! * loss)) / sum;
  const spread = total(losses.map((loss, i) => (weights[i]! * (loss - mean)) ** 2));
  return { mean, stdErr: Math.sqrt(spread) / sum, effective: sum ** 2 / squares, sum };
};

const checkFinite = (what: string, values: ArrayLike<number>): void => {
  const bad = Array.from(values).findIndex((value) => !Number.isFinite(value));
  must(bad === -1, "values", `${what} ${bad} of ${values.length} is ${values[bad]}; each must be finite.`);
};

/** @throws DiffusionError("values") where no weight is left */
const checkOverlap = (sum: number, { from, to }: LossConversion): void =>
  must(
    sum > 0,
    "values",
    `convertLosses: the ${to.density.name} density draws none of the times of ${from.density.name}; measure under one that does.`,
  );

/**
 * Losses measured under one objective as another's: exact of each sample, as {@link lossFactor} has it, and their mean over the other's density by
 * importance weights. The predictions are the same; what is compared is how they are measured: losses of x₀-, ε- and v-MSE become comparable.
 *
 * The standard error takes samples for independent: of stratified times it is an upper bound.
 * @throws DiffusionError("option") for unlike numbers of losses and times, a time outside 0..1 or a loss that is no squared error, ("values") for one that
 * is not finite or densities that nowhere overlap, ("singular") at a time at which one loss says nothing of the other
 */
export const convertLosses = (measured: MeasuredLosses, conversion: LossConversion): ConvertedLosses => {
  check(only(["losses", "times"]), measured, "convertLosses: measured");
  const { losses, times } = measured;
  const lists = Number.isInteger(losses?.length) && Number.isInteger(times?.length);
  must(lists, "option", "convertLosses: losses and times are two lists of numbers, one of each a sample.");
  checkConversion("convertLosses", conversion);
  const n = losses.length;
  const lengths = `there are ${n} losses and ${times.length} times`;
  must(n === times.length && n > 0, "option", `convertLosses: ${lengths}; each loss has one.`);
  checkFinite("convertLosses: loss", losses);
  const at = Array.from(times, (t) => check(unit, t, "convertLosses: a time"));
  const converted = at.map((t, i) => losses[i]! * factorAt(conversion, t));
  const weights = at.map((t) => likelier(conversion, t));
  const { sum, ...found } = weightedMean(converted, weights);
  checkOverlap(sum, conversion);
  const covered = sum / n;
  const { from, to } = conversion;
  return {
    ...found,
    covered,
    cautions: cautionsOf(n, found.effective, covered, conversion),
    losses: Float64Array.from(converted),
    times: Float64Array.from(at, (t) => carriedTime(from.path, to.path, t)),
  };
};

/** How finely a bin's factor and weight are averaged. */
const POINTS = 64;

/**
 * The same of losses by noise level: bins of equal share of the density of `from`, as `timeBins` gives them. Within a bin the loss is
 * taken for even in EDM's F, so the narrower the bins the better; per sample it is exact.
 * @throws DiffusionError as {@link convertLosses}, ("option") for bins that are none
 */
export const convertBins = (bins: readonly LossBin[], conversion: LossConversion): ConvertedBins => {
  checkConversion("convertBins", conversion);
  must(Array.isArray(bins), "option", `convertBins: bins are ${shown(bins)}; it takes a list of them.`);
  check(count, bins.length, "convertBins: the number of bins");
  const { from, to } = conversion;
  const moved = bins.map((bin, k) => {
    const rises = bin.from >= 0 && bin.from < bin.to && bin.to <= 1;
    must(rises, "option", `convertBins: bin ${k} is from ${bin.from} to ${bin.to}; it takes 0 <= from < to <= 1.`);
    checkFinite(`convertBins: bin ${k}: number`, [bin.mean, bin.stdErr]);
    const at = Array.from({ length: POINTS }, (_, i) => from.density.quantile((k + (i + 0.5) / POINTS) / bins.length));
    const own = at.reduce((total, t) => total + weightAt(from, t), 0);
    const weights = at.map((t) => likelier(conversion, t));
    const share = weights.reduce((total, weight) => total + weight, 0) / POINTS;
    // Of the part of the bin that `to` draws; of one that it draws nothing of, the bin's own.
    const drawn = share > 0 ? weights : at.map(() => 1);
    const total = drawn.reduce((sum, weight) => sum + weight, 0);
    const theirs = at.reduce((sum, t, i) => sum + drawn[i]! * weightAt(from, t) * factorAt(conversion, t), 0) / total;
    const factor = theirs / (own / POINTS);
    return {
      share,
      from: carriedTime(from.path, to.path, bin.from),
      to: carriedTime(from.path, to.path, bin.to),
      mean: bin.mean * factor,
      stdErr: bin.stdErr * factor,
    };
  });
  const shares = moved.map(({ share }) => share);
  const { mean, effective, sum } = weightedMean(
    moved.map((bin) => bin.mean),
    shares,
  );
  checkOverlap(sum, conversion);
  const covered = sum / bins.length;
  return {
    mean,
    stdErr: Math.hypot(...moved.map(({ share, stdErr }) => share * stdErr)) / sum,
    effective,
    covered,
    cautions: cautionsOf(bins.length, effective, covered, conversion),
    bins: moved.map(({ share: _, ...bin }) => bin),
  };
};
