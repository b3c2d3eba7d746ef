import { choice, positive, record, whole } from "@isoflop/spec";
import * as v from "valibot";
import { ScalingError } from "../../errors.js";
import { criteria } from "../../inference/criteria.js";
import { leastSquares } from "../../math/linear.js";
import { random } from "../../math/random.js";
import * as fields from "../../records/fields.js";
import { type Outcome, refuse } from "../../types.js";

/** On what a link is a straight line: `power` on logarithms of both, `logarithm` on that of the loss, `linear` on both as they are. */
export const straightLinks = ["power", "logarithm", "linear"] as const;
export type StraightLink = (typeof straightLinks)[number];

export const linkBreakSchema = record({
  ok: v.exactOptional(fields.ok),
  /** On what the line is straight. */
  line: choice(straightLinks),
  /** Loss at which the two lines meet that fit best. */
  at: positive,
  /** Of the single line, and of the two, at losses below and above `at`; on logarithms the exponents. */
  slopes: record({ one: fields.finite, below: fields.finite, above: fields.finite }),
  /** Of the single line and of the two, whose meeting point counts as a parameter; lower is better. */
  aicc: record({ one: fields.anyNumber, two: fields.anyNumber }),
  /** F of two lines against one, the largest over all meeting points. */
  statistic: fields.spread,
  /** Share of draws without a break whose statistic is as large. */
  pValue: fields.notNegative,
  draws: whole({ atLeast: 1 }),
  /** Share of unbroken links that are taken for broken. */
  level: positive,
});

/** One line against two that meet, of a metric against the loss. */
export interface LinkBreak extends fields.Read<typeof linkBreakSchema> {}

export interface LinkBreakOptions {
  /** Default 999. */
  readonly draws?: number | undefined;
  readonly seed?: number | undefined;
  /** Default 0.05. */
  readonly level?: number | undefined;
}

/** Points that either line must have. */
const FEWEST = 4;
/** One line, two lines and the point where they meet. */
const PARAMETERS = { one: 2, two: 4 };

/**
 * Whether a metric goes with the loss on one line or on two that meet: the largest F over all points where they may meet (Andrews 1993). As that
 * point is sought, F has no table here: its distribution under one line is drawn from the residuals of the single line with signs of their
 * own (wild bootstrap, Davidson and Flachaire 2008), so that runs may be noisier at one end.
 * @throws ScalingError `bad-value` for a metric that has no logarithm where one is needed
 */
export const linkBreak = (
  loss: readonly number[],
  metric: readonly number[],
  line: StraightLink,
  { draws = 999, seed = 0, level = 0.05 }: LinkBreakOptions = {},
): Outcome<LinkBreak> => {
  const points = loss.map((x, i) => {
    if (line === "linear") return { x, y: metric[i]! };
    if (line === "logarithm") return { x: Math.log(x), y: metric[i]! };
    if (!(metric[i]! > 0))
      throw new ScalingError("bad-value", `the metric is ${metric[i]}; a power of the loss is above 0`, { row: i + 1 });
    return { x: Math.log(x), y: Math.log(metric[i]!) };
  });
  points.sort((a, b) => a.x - b.x);
  const [x, y] = [points.map((point) => point.x), points.map((point) => point.y)];
  const straight = leastSquares(
    x.map((v) => [1, v]),
    y,
  );
  const bends = straight ? bendsOf(x) : [];
  const freedom = x.length - PARAMETERS.two;
  if (!straight || bends.length === 0 || freedom < 1) {
    const message = `${x.length} points at ${new Set(x).size} losses; a break needs ${FEWEST} points at two losses or more on either side`;
    return refuse("too-few-points", message);
  }
  const found = sharpest(straight.residuals, straight.rss, bends);
  const two = straight.rss - found.gain;
  const statistic = fOf(found.gain, two, freedom);
  const uniform = random(seed);
  // Residuals are smaller than errors, most at the ends.
  const errors = straight.residuals.map((residual, i) => residual / (1 - leverage(x, x[i]!)));
  let asLarge = 0;
  for (let draw = 0; draw < draws; draw++) {
    const drawn = errors.map((error) => (uniform() < 0.5 ? -error : error));
    const { residuals, rss } = leastSquares(
      x.map((v) => [1, v]),
      drawn,
    )!;
    const { gain } = sharpest(residuals, rss, bends);
    if (fOf(gain, rss - gain, freedom) >= statistic) asLarge++;
  }
  const broken = leastSquares(
    x.map((v) => [1, v, Math.max(0, v - found.at)]),
    y,
  )!.coefficients as readonly [number, number, number];
  return {
    ok: true,
    line,
    at: line === "linear" ? found.at : Math.exp(found.at),
    slopes: { one: straight.coefficients[1]!, below: broken[1], above: broken[1] + broken[2] },
    aicc: {
      one: criteria(straight.rss, x.length, PARAMETERS.one).aicc,
      two: criteria(two, x.length, PARAMETERS.two).aicc,
    },
    statistic,
    pValue: (1 + asLarge) / (1 + draws),
    ...{ draws, level },
  };
};

/** A place where two lines may meet. */
interface Bend {
  readonly at: number;
  /** max(0, x − at) without what a straight line has of it, of length one. */
  readonly unit: readonly number[];
}

/** Between any two neighbouring losses with enough points on either side. */
const bendsOf = (x: readonly number[]): readonly Bend[] =>
  x.slice(1).flatMap((next, i): Bend[] => {
    const below = x.slice(0, i + 1);
    const above = x.slice(i + 1);
    const enough = [below, above].every((side) => side.length >= FEWEST && new Set(side).size > 1);
    if (!enough || next === x[i]) return [];
    const at = (next + x[i]!) / 2;
    const straight = leastSquares(
      x.map((v) => [1, v]),
      x.map((v) => Math.max(0, v - at)),
    )!;
    const length = Math.sqrt(straight.rss);
    return [{ at, unit: straight.residuals.map((residual) => residual / length) }];
  });

/** Where a bend takes away the most of the squares about a straight line. */
const sharpest = (residuals: readonly number[], rss: number, bends: readonly Bend[]) => {
  let best = { at: bends[0]!.at, gain: 0 };
  for (const { at, unit } of bends) {
    const gain = Math.min(rss, unit.reduce((sum, u, i) => sum + u * residuals[i]!, 0) ** 2);
    if (gain > best.gain) best = { at, gain };
  }
  return best;
};

const fOf = (gain: number, left: number, freedom: number): number =>
  left > 0 ? gain / (PARAMETERS.two - PARAMETERS.one) / (left / freedom) : Number.POSITIVE_INFINITY;

/** Of a point in a straight line through all. */
const leverage = (x: readonly number[], at: number): number => {
  const mean = x.reduce((s, v) => s + v, 0) / x.length;
  const spread = x.reduce((s, v) => s + (v - mean) ** 2, 0);
  return Math.min(0.99, 1 / x.length + (at - mean) ** 2 / spread);
};
