import { badOption } from "../errors.js";
import { cellsOf, pureErrorOf } from "../inference/replicates.js";
import { checkRuns } from "../input/runs.js";
import { chiSquareQuantile } from "../math/distributions.js";
import { grouped } from "../math/grouped.js";
import { type Flops, type Interval, type Outcome, type Run, refuse } from "../types.js";
import type { SeedNoise } from "./record.js";
import { trendOf } from "./trend.js";

export interface SeedNoiseOptions {
  /**
   * Standard error of the loss of `a` minus that of `b`, two runs of one cell, that is of their validation alone, in the unit of the loss: that of paired
   * losses, where both were validated on the same samples. Undefined where it is not known.
   */
  readonly validation?: ((a: Run, b: Run) => number | undefined) | undefined;
}

const logLoss = ({ loss }: Run): number => Math.log(loss);

/** Where a standard deviation lies at 95 %, of a variance with so many degrees of freedom. */
const within = (variance: number, freedom: number): Interval => [
  Math.sqrt((variance * freedom) / chiSquareQuantile(0.975, freedom)),
  Math.sqrt((variance * freedom) / chiSquareQuantile(0.025, freedom)),
];

const pooled = (cells: readonly (readonly Run[])[]) => {
  const { sumOfSquares, degreesOfFreedom } = pureErrorOf(cells, logLoss);
  const variance = sumOfSquares / degreesOfFreedom;
  return { standardDeviation: Math.sqrt(variance), ci95: within(variance, degreesOfFreedom), degreesOfFreedom };
};

const countOf = (cells: readonly (readonly Run[])[]): number => cells.reduce((sum, cell) => sum + cell.length, 0);

/**
 * How much the loss differs among runs of one size and budget that differ in their seeds: the pooled pure error of ln L, its trend with compute, and,
 * where `validation` says what of a difference is the validation's own, the part that is the seeds'. Validation on the same samples shifts all runs alike, which is
 * seen in no difference: the standard error of a run's loss is no measure of what is compared here.
 * @throws ScalingError as `checkRuns` does, `bad-option` for a standard error that is negative or not finite
 */
export const seedNoise = (runs: readonly Run[], { validation }: SeedNoiseOptions = {}): Outcome<SeedNoise> => {
  checkRuns(runs);
  const distinct = cellsOf(runs).map((cell) =>
    cell.filter(({ seed }, i) => seed === undefined || cell.every((other, j) => i === j || other.seed !== seed)),
  );
  const cells = distinct.filter(({ length }) => length > 1);
  if (cells.length === 0)
    return refuse("too-few-points", "the noise of seeds needs runs of one size and budget with other seeds");
  const budgets = [...grouped(cells, ([first]) => first!.C)].sort(([a], [b]) => a - b);
  const parts = validation && partsOf(cells, validation);
  return {
    ok: true,
    record: "seed-noise",
    ...pooled(cells),
    runs: countOf(cells),
    cells: cells.length,
    sameSeed: runs.length - countOf(distinct),
    budgets: budgets.map(([C, some]) => ({ C, ...pooled(some), runs: countOf(some) })),
    trend: trendOf(
      cells.map((cell) => {
        const { sumOfSquares, degreesOfFreedom: freedom } = pureErrorOf([cell], logLoss);
        return { C: cell[0]!.C, variance: sumOfSquares / freedom, freedom };
      }),
    ),
    ...(parts && { parts }),
  };
};

/** The noise of seeds at a compute, as a standard deviation of ln L: by its trend, where there is one, else the same everywhere. */
export const seedNoiseAt = ({ trend, standardDeviation }: SeedNoise, C: Flops): number =>
  trend.ok ? trend.at.standardDeviation * (C / trend.at.C) ** trend.exponent.value : standardDeviation;

/**
 * Half the squared error of a difference is the validation's share of the variance within a cell. Undefined where it is known in no cell.
 */
const partsOf = (
  cells: readonly (readonly Run[])[],
  validation: NonNullable<SeedNoiseOptions["validation"]>,
): SeedNoise["parts"] => {
  const known = cells.flatMap((cell) => {
    const pairs = cell.flatMap((a, i) => cell.slice(i + 1).map((b) => ({ a, b, error: validation(a, b) })));
    const shares = pairs.flatMap(({ a, b, error }) => {
      if (error === undefined) return [];
      if (!(error >= 0 && Number.isFinite(error)))
        throw badOption("validation", error, "a finite standard error of at least 0");
      return [error ** 2 / (a.loss * b.loss) / 2];
    });
    if (shares.length < pairs.length) return [];
    return [{ cell, share: shares.reduce((sum, share) => sum + share, 0) / shares.length }];
  });
  if (known.length === 0) return undefined;
  const { standardDeviation, ci95, degreesOfFreedom } = pooled(known.map(({ cell }) => cell));
  const own = known.reduce((sum, { cell, share }) => sum + (cell.length - 1) * share, 0) / degreesOfFreedom;
  const without = (deviation: number) => Math.sqrt(Math.max(0, deviation ** 2 - own));
  return {
    validation: Math.sqrt(own),
    seeds: { standardDeviation: without(standardDeviation), ci95: [without(ci95[0]), without(ci95[1])] },
    degreesOfFreedom,
  };
};
