/** How often does the 95 % interval at ten times the largest budget hold the new run, for studies of the size of the quick one? */
import {
  jointFit,
  normals,
  type Predicted,
  predictJoint,
  predictRollOut,
  type Random,
  type Run,
  random,
  rollOut,
} from "../src/index.js";

/** Parameters of the sizes of the quick study's ladder, widths 16, 24, … 120. */
const LADDER = [8124, 14668, 22876, 32748, 44284, 57484, 72348, 88876, 107068, 126924, 148444, 171628, 196476, 222988];

/** Its design: budget, which sizes, how many seeds of each. */
const DESIGN: readonly (readonly [C: number, sizes: readonly number[], seeds: number])[] = [
  [1e10, [0, 1, 2], 4],
  [2e10, [0, 1, 2, 3], 4],
  [4e10, [0, 1, 2, 3, 4], 3],
  [8e10, [1, 2, 3, 4, 5], 3],
  [1.6e11, [1, 2, 3, 4, 6], 2],
  [3.2e11, [2, 3, 4, 5, 7], 2],
];

/** Ten times the largest. */
const HELD_OUT = 3.2e12;

/**
 * What is true: every isoFLOP curve alike; E + A/N^α + B/D^β; an optimum whose exponent bends slowly, or breaks at once, inside the range; or a power law above the
 * measured floor, on which the loss comes down from a steeper one.
 */
export const truths = ["joint", "chinchilla", "bending", "broken", "corrected"] as const;
export type TruthName = (typeof truths)[number];

interface Truth {
  loss(N: number, C: number): number;
}

const between = (uniform: Random, low: number, high: number) => low + (high - low) * uniform();

const MIDDLE = 4e10;
/** Of the optimum at the middle of the budgets. */
const LOSS = 0.27;

const truthOf = (name: TruthName, uniform: Random): Truth => {
  const size = 19e3 * Math.exp(between(uniform, -0.2, 0.2));
  const floor = between(uniform, 0.04, 0.15);
  if (name === "chinchilla") {
    const [alpha, beta] = [between(uniform, 0.3, 0.6), between(uniform, 0.25, 0.5)];
    const A = (((LOSS - floor) * beta) / (alpha + beta)) * size ** alpha;
    const B = (((LOSS - floor) * alpha) / (alpha + beta)) * (MIDDLE / 6 / size) ** beta;
    return { loss: (N, C) => floor + A * N ** -alpha + B * (C / 6 / N) ** -beta };
  }
  if (name === "corrected") return correctedTruth(size, uniform);
  const slope = between(uniform, 0.2, 0.38);
  const kappa = between(uniform, 0.2, 0.45);
  const cubic = between(uniform, -1.3, 0.3);
  const first = between(uniform, 0.2, 0.4);
  const second = name === "joint" ? first : between(uniform, 0.4, 0.6);
  const at = Math.log(2e10) + uniform() * Math.log(8);
  const softness = name === "bending" ? 1.2 : 0.25;
  const rise = (x: number) => first * x + (second - first) * softness * Math.log1p(Math.exp((x - at) / softness));
  const optimum = (C: number) => Math.log(size) + rise(Math.log(C)) - rise(Math.log(MIDDLE));
  return {
    loss: (N, C) => {
      const x = cubic * (Math.log(N) - optimum(C));
      const basin = (2 * kappa * (Math.expm1(x) - x)) / cubic ** 2;
      return floor + (LOSS - floor) * Math.exp(-slope * Math.log(C / MIDDLE) + basin);
    },
  };
};

/** ln(L − E) has the slope −α − r Δ at the middle of the budgets, and −α far above. */
const correctedTruth = (size: number, uniform: Random): Truth => {
  const [alpha, r] = [between(uniform, 0.05, 0.12), between(uniform, 0.05, 0.25)];
  const delta = between(uniform, 0.3, 0.8);
  const kappa = between(uniform, 0.15, 0.35);
  const exponent = between(uniform, 0.2, 0.4);
  return {
    loss: (N, C) => {
      const c = Math.log(C / MIDDLE);
      const d = Math.log(N / size) - exponent * c;
      return FLOOR.value + (LOSS - FLOOR.value) * Math.exp(-alpha * c + r * Math.expm1(-delta * c) + kappa * d * d);
    },
  };
};

/** As it was measured; the true one of `corrected`, and below that of all others. */
const FLOOR = { value: 0.02, standardError: 0.001 };

export interface Foresight {
  /** Runs that were foreseen, two of each study. */
  readonly runs: number;
  readonly covered: number;
  /** Mean half width of ln L. */
  readonly halfWidth: number;
  /** Root mean square of the errors in units of the interval. */
  readonly rms: number;
}

export interface Foreseen {
  readonly mixture: Foresight;
  readonly joint: Foresight;
}

const nothing = () => ({ runs: 0, covered: 0, halfWidth: 0, squares: 0 });

/** @param noise standard deviation of ln L of one run */
export const foresight = (truth: TruthName, noise: number, studies: number, first = 0): Foreseen => {
  const sums = { mixture: nothing(), joint: nothing() };
  for (let seed = first; seed < first + studies; seed++) {
    const law = truthOf(truth, random(seed));
    const normal = normals(random(seed, 1));
    const run = (C: number, N: number): Run => {
      return { C, N, D: C / (6 * N), loss: law.loss(N, C) * Math.exp(noise * normal()) };
    };
    const runs = DESIGN.flatMap(([C, sizes, seeds]) =>
      sizes.flatMap((size) => Array.from({ length: seeds }, () => run(C, LADDER[size]!))),
    );
    const options = { floor: FLOOR, rehearse: false };
    const [mixture, joint] = [rollOut(runs, options), jointFit(runs, options)];
    if (!mixture.ok || !joint.ok) continue;
    const best = predictRollOut(mixture, { C: HELD_OUT });
    if (!best.ok) continue;
    const off = (N: number) => Math.abs(Math.log(N / best.predicted.N.value));
    for (const size of [...LADDER].sort((a, b) => off(a) - off(b)).slice(0, 2)) {
      const trained = run(HELD_OUT, size);
      const [a, b] = [predictRollOut(mixture, trained), predictJoint(joint, trained)];
      if (a.ok) count(sums.mixture, trained.loss, a.predicted.loss);
      if (b.ok) count(sums.joint, trained.loss, b.predicted.loss);
    }
  }
  return { mixture: shares(sums.mixture), joint: shares(sums.joint) };
};

const count = (sum: ReturnType<typeof nothing>, loss: number, { value, interval95 }: Predicted): void => {
  const [low, high] = interval95!;
  const end = loss > value ? Math.log(high / value) : Math.log(value / low);
  const z = (1.96 * Math.log(loss / value)) / end;
  sum.runs++;
  if (low <= loss && loss <= high) sum.covered++;
  sum.halfWidth += Math.log(high / low) / 2;
  sum.squares += z * z;
};

const shares = ({ runs, covered, halfWidth, squares }: ReturnType<typeof nothing>): Foresight => ({
  runs,
  covered: covered / runs,
  halfWidth: halfWidth / runs,
  rms: Math.sqrt(squares / runs),
});
