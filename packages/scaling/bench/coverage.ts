/** How often does the 95 % prediction interval hold the new run? Known laws, simulated studies. */
import { isoFlop, normals, predictIsoFlop, type Run, random } from "../src/index.js";

/** A population of studies of the size of the quick one: 5 sizes per budget, a held-out budget 3.5 times the largest. */
export interface World {
  /** `chinchilla`: E + A/N^α + B/D^β; `power` and `logarithmic`: parabolas about C^−0.08 and 1 − 0.08 ln C. */
  readonly form: "chinchilla" | "power" | "logarithmic";
  /** Irreducible share of the loss at the smallest budget. */
  readonly floor: number;
  readonly budgets: number;
  /** Standard deviation of one run's loss, which is about 1. */
  readonly noise: number;
  readonly studies: number;
  readonly seed: number;
}

export interface Coverage {
  readonly covered: number;
  readonly halfWidth: number;
  readonly floorWeight: number;
  readonly sizeCovered: number;
  readonly refused: number;
}

const SIZES = 5;
const HALF_RANGE = Math.log(4);

export const coverage = (world: World): Coverage => {
  const uniform = random(world.seed);
  const normal = normals(uniform);
  const sums = { answered: 0, covered: 0, halfWidth: 0, floorWeight: 0, sizeCovered: 0, refused: 0 };
  for (let s = 0; s < world.studies; s++) {
    const truth = drawTruth(world, uniform);
    const offCentre = (uniform() - 0.5) * 0.6;
    const spacing = world.budgets === 4 ? 2 : 1.7;
    const budgets = Array.from({ length: world.budgets }, (_, i) => 2e11 * spacing ** i);
    const runs = budgets.flatMap((C) =>
      Array.from({ length: SIZES }, (_, j): Run => {
        const N = truth.optimum(C) * Math.exp(offCentre + (j / (SIZES - 1) - 0.5) * 2 * HALF_RANGE);
        return { C, N, D: C / (6 * N), loss: truth.loss(N, C) + world.noise * normal() };
      }),
    );
    const heldOut = budgets[budgets.length - 1]! * 3.5;
    const prediction = predictIsoFlop(isoFlop(runs), heldOut);
    if (!prediction.ok) {
      sums.refused++;
      continue;
    }
    const { N, loss } = prediction.predicted;
    const measured = truth.loss(N.value, heldOut) + world.noise * normal();
    const [low, high] = loss.interval95;
    const optimum = truth.optimum(heldOut);
    sums.answered++;
    if (measured >= low && measured <= high) sums.covered++;
    if (optimum >= N.ci95[0] && optimum <= N.ci95[1]) sums.sizeCovered++;
    sums.halfWidth += (high - low) / 2;
    sums.floorWeight += prediction.notes.families.floor?.weight ?? 0;
  }
  const share = (v: number) => v / sums.answered;
  return {
    covered: share(sums.covered),
    halfWidth: share(sums.halfWidth),
    floorWeight: share(sums.floorWeight),
    sizeCovered: share(sums.sizeCovered),
    refused: sums.refused,
  };
};

interface Truth {
  optimum(C: number): number;
  loss(N: number, C: number): number;
}

const drawTruth = ({ form, floor }: World, uniform: () => number): Truth => {
  const C0 = 2e11;
  const N0 = 2e4 * (0.5 + uniform());
  const alpha = 0.35 * (0.7 + 0.6 * uniform());
  const beta = 0.3 * (0.7 + 0.6 * uniform());
  const kappa = 0.02 + 0.03 * uniform();
  if (form !== "chinchilla") {
    const optimum = (C: number) => N0 * (C / C0) ** 0.55;
    const best = (C: number) => (form === "power" ? (C / C0) ** -0.08 : 1 - 0.08 * Math.log(C / C0));
    return { optimum, loss: (N, C) => best(C) + kappa * Math.log(N / optimum(C)) ** 2 };
  }
  // A and B such that the optimum at C0 is N0 and the loss there is 1.
  const A = (((1 - floor) * beta) / (alpha + beta)) * N0 ** alpha;
  const B = (((1 - floor) * alpha) / (alpha + beta)) * (C0 / 6 / N0) ** beta;
  return {
    optimum: (C) => ((alpha * A) / (beta * B)) ** (1 / (alpha + beta)) * (C / 6) ** (beta / (alpha + beta)),
    loss: (N, C) => floor + A * N ** -alpha + B * (C / (6 * N)) ** -beta,
  };
};
