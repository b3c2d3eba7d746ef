/** How often do the 95 % intervals of N_opt and of its exponent hold the truth, and how wide are they? Known surfaces, simulated studies. */
import {
  allocationExponents,
  expectOk,
  isoFlop,
  normals,
  type OptimumMethodName,
  optimalAllocation,
  predictIsoFlop,
  type Run,
  random,
  type Surface,
  surfaceFrom,
  surfaceLoss,
} from "../src/index.js";

/** Surfaces of Hoffmann et al. 2022, without its floor, and with exponents that differ threefold. */
export const truths = {
  floor: surfaceFrom("chinchilla", { E: 1.69, A: 406.4, B: 410.7, alpha: 0.34, beta: 0.28 }),
  "no floor": surfaceFrom("no-floor", { A: 406.4, B: 410.7, alpha: 0.34, beta: 0.28 }),
  unequal: surfaceFrom("chinchilla", { E: 1.69, A: 406.4, B: 410.7, alpha: 0.465, beta: 0.155 }),
} as const satisfies Record<string, Surface>;

export interface OptimaWorld {
  readonly truth: Surface;
  /** Half a decade apart, from 10¹⁸. */
  readonly budgets: number;
  /** A factor of two apart, about the optimum. */
  readonly sizes: number;
  /** Relative standard deviation of one run's loss. */
  readonly noise: number;
  /** How far the sizes' middle lies from the optimum, in factors of two, at the first budget and more at each one after. */
  readonly offCentre?: number;
  readonly drift?: number;
  readonly optimum?: OptimumMethodName;
  readonly laws: "fitted" | "corrected" | "auto";
  readonly studies: number;
  readonly seed: number;
}

/** Of one number: share of studies whose interval holds the truth, and the mean half-width in ln (of the exponent as it is). */
export interface Held {
  readonly covered: number;
  readonly halfWidth: number;
}

export interface OptimaCoverage {
  /** N_opt at the middle of the budgets, at ten times the largest, and its exponent. */
  readonly middle: Held;
  readonly far: Held;
  readonly exponent: Held;
  /** A new run of the predicted size at ten times the largest budget. */
  readonly loss: Held;
  readonly refused: number;
}

export const optimaCoverage = (world: OptimaWorld): OptimaCoverage => {
  const { truth, budgets, sizes, noise, offCentre = 0, drift = 0, optimum = "parabola", laws, studies } = world;
  const normal = normals(random(world.seed));
  const best = (C: number) => expectOk(optimalAllocation(truth, C));
  const computes = Array.from({ length: budgets }, (_, i) => 1e18 * 10 ** (i / 2));
  const targets = { middle: Math.sqrt(computes[0]! * computes.at(-1)!), far: 10 * computes.at(-1)! };
  const sums = { middle: [0, 0], far: [0, 0], exponent: [0, 0], loss: [0, 0], refused: 0 };
  const count = (
    name: "middle" | "far" | "exponent" | "loss",
    [low, high]: readonly [number, number],
    value: number,
  ) => {
    const sum = sums[name];
    if (value >= low && value <= high) sum[0]!++;
    sum[1]! += name === "exponent" ? (high - low) / 2 : Math.log(high / low) / 2;
  };
  for (let s = 0; s < studies; s++) {
    const runs = computes.flatMap((C, b) =>
      Array.from({ length: sizes }, (_, j): Run => {
        const N = best(C).N * 2 ** (j - (sizes - 1) / 2 + offCentre + drift * b);
        const D = C / (6 * N);
        return { C, N, D, loss: surfaceLoss(truth, { N, D }) * (1 + noise * normal()) };
      }),
    );
    const fit = isoFlop(runs, { optimum, ...(laws === "fitted" && { correction: false }) });
    const [middle, far] = [predictIsoFlop(fit, targets.middle, { laws }), predictIsoFlop(fit, targets.far, { laws })];
    if (!middle.ok || !far.ok || !fit.N.ok) {
      sums.refused++;
      continue;
    }
    count("middle", middle.predicted.N.ci95, best(targets.middle).N);
    count("far", far.predicted.N.ci95, best(targets.far).N);
    const corrected = far.notes.bias !== undefined && fit.corrected?.ok;
    const law = corrected ? fit.corrected.N : fit.N;
    count("exponent", law.exponent.ci95, allocationExponents(truth, targets.middle).N);
    const N = far.predicted.N.value;
    const measured = surfaceLoss(truth, { N, D: targets.far / (6 * N) }) * (1 + noise * normal());
    count("loss", far.predicted.loss.interval95, measured);
  }
  const held = ([covered, width]: readonly number[]): Held => {
    const answered = studies - sums.refused;
    return { covered: covered! / answered, halfWidth: width! / answered };
  };
  const { middle, far, exponent, loss, refused } = sums;
  return { middle: held(middle), far: held(far), exponent: held(exponent), loss: held(loss), refused };
};
