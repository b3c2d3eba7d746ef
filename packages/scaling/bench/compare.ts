import { compareSides, type Side, sideOfIsoFlop, sideOfRuns } from "../src/compare/index.js";
import { isoFlop } from "../src/isoflop/isoflop.js";
import { normals, random } from "../src/math/random.js";
import { bisect } from "../src/math/search.js";
import { optimalAllocation } from "../src/surface/allocate.js";
import { type Surface, surfaceFrom, surfaceLoss } from "../src/surface/surface.js";
import { expectOk, type Outcome, type Run } from "../src/types.js";

/** Two architectures whose surfaces are known. */
export interface PairWorld {
  readonly name: string;
  readonly a: Readonly<Record<string, number>>;
  readonly b: Readonly<Record<string, number>>;
}

const chinchilla = { E: 1.69, A: 406.4, B: 410.7, alpha: 0.34, beta: 0.28 };
const times = (factor: number, of = chinchilla) => ({ ...of, A: factor * of.A, B: factor * of.B });

/** At 3·10¹⁸ FLOPs, amid the budgets, both terms of b are those of a; they fall faster. */
const crossing = (steeper: number) => {
  const { A, B, alpha, beta } = chinchilla;
  const best = expectOk(optimalAllocation(surfaceFrom("chinchilla", chinchilla), 3e18));
  const [a, b] = [alpha * steeper, beta * steeper];
  return { ...chinchilla, A: A * best.N ** (a - alpha), B: B * best.D ** (b - beta), alpha: a, beta: b };
};

export const worlds: readonly PairWorld[] = [
  { name: "equal", a: chinchilla, b: chinchilla },
  { name: "constant ratio 0.50", a: chinchilla, b: times(0.9) },
  { name: "constant ratio 0.50, low floor", a: { ...chinchilla, E: 0.3 }, b: times(0.9, { ...chinchilla, E: 0.3 }) },
  { name: "constant ratio 0.50, no floor", a: { ...chinchilla, E: 1e-9 }, b: times(0.9, { ...chinchilla, E: 1e-9 }) },
  { name: "crossing, exponents 1.3 times", a: chinchilla, b: crossing(1.3) },
];

/** Budgets half a decade apart from 10¹⁸ FLOPs. */
export const budgetsOf = (count: number): number[] => Array.from({ length: count }, (_, i) => 1e18 * 10 ** (i / 2));

/** Sizes from an eighth of the optimum to eight times it. */
const studyOf = (surface: Surface, budgets: number, sizes: number, noise: number, normal: () => number): Run[] =>
  budgetsOf(budgets).flatMap((C) => {
    const best = expectOk(optimalAllocation(surface, C));
    return Array.from({ length: sizes }, (_, i) => {
      const N = best.N * 8 ** ((2 * i) / (sizes - 1) - 1);
      const D = C / (6 * N);
      return { C, N, D, loss: surfaceLoss(surface, { N, D }) * Math.exp(noise * normal()) };
    });
  });

const lossAt = (surface: Surface, C: number) => expectOk(optimalAllocation(surface, C)).loss;

const ratioAt = (a: Surface, b: Surface, C: number): number => {
  const target = lossAt(a, C);
  const low = Math.log(C) - 8;
  return Math.exp(bisect((x) => target - lossAt(b, Math.exp(x)), low, low + 16)) / C;
};

/** How a study becomes a side. */
export const methods = {
  surface: (name: string, runs: readonly Run[]): Outcome<Side> => sideOfRuns(name, runs),
  isoflop: (name: string, runs: readonly Run[]): Outcome<Side> => sideOfIsoFlop(name, isoFlop(runs)),
  power: (name: string, runs: readonly Run[]): Outcome<Side> => sideOfIsoFlop(name, isoFlop(runs), { law: "power" }),
};

export interface PairOptions {
  readonly world: PairWorld;
  readonly method?: keyof typeof methods;
  readonly budgets: number;
  readonly sizes: number;
  readonly noise: number;
  readonly pairs: number;
  readonly seed: number;
  readonly draws?: number;
}

/** What became of many pairs of studies of one pair of surfaces. */
export interface PairResult {
  /** Share of the pairs in which a crossing is stated. */
  readonly crossings: number;
  /** Of those, how many have the true one in their interval. NaN where there is none. */
  readonly crossingCovered: number;
  /** Share in which the effective compute is covered, at the least, middle and largest budget and ten times that. */
  readonly covered: readonly number[];
  /** Mean half-width of ln effective compute at the largest budget. */
  readonly halfWidth: number;
  /** Share in which d ln ratio / d ln C is covered. */
  readonly slopeCovered: number;
  /** Share in which the ratio over the range is found unequal to 1 at 5 %. */
  readonly unequal: number;
  readonly refused: number;
}

/** Simulated pairs of studies with normal errors of ln L. */
export const comparePairs = (options: PairOptions): PairResult => {
  const { world, method = "surface", budgets, sizes, noise, pairs, seed, draws = 1000 } = options;
  const [a, b] = [surfaceFrom("chinchilla", world.a), surfaceFrom("chinchilla", world.b)];
  const low = budgetsOf(budgets)[0]!;
  const high = budgetsOf(budgets).at(-1)!;
  const at = [low, Math.sqrt(low * high), high, 10 * high];
  const truth = at.map((C) => ratioAt(a, b, C));
  const slope = Math.log(truth[2]! / truth[0]!) / Math.log(high / low);
  const [below, above] = [low / 10, 10 * high].map((C) => lossAt(a, C) - lossAt(b, C));
  const crosses = below! * above! < -1e-12;
  const meets = crosses
    ? Math.exp(bisect((x) => lossAt(a, Math.exp(x)) - lossAt(b, Math.exp(x)), Math.log(low / 10), Math.log(10 * high)))
    : Number.NaN;
  const covered = at.map(() => 0);
  let [crossings, held, slopes, unequal, refused, width, wide] = [0, 0, 0, 0, 0, 0, 0];
  const holds = ([from, to]: readonly [number, number], value: number) => from <= value && value <= to;
  for (let i = 0; i < pairs; i++) {
    const normal = normals(random(seed, i));
    const [sideA, sideB] = [a, b].map((surface, k) =>
      methods[method]("ab"[k]!, studyOf(surface, budgets, sizes, noise, normal)),
    );
    if (!sideA!.ok || !sideB!.ok) {
      refused++;
      continue;
    }
    const found = compareSides(sideA!, sideB!, { at, draws, seed: i });
    found.at.forEach(({ effectiveCompute: { ci95 } }, k) => {
      if (holds(ci95, truth[k]!)) covered[k]!++;
    });
    const [from, to] = found.at[2]!.effectiveCompute.ci95;
    if (from > 0 && Number.isFinite(to)) [width, wide] = [width + Math.log(to / from) / 2, wide + 1];
    if (found.crossing.ok) {
      crossings++;
      if (holds(found.crossing.ci95, meets)) held++;
    }
    if (found.trend.ok && holds(found.trend.slope.ci95, slope)) slopes++;
    if (found.trend.ok && found.trend.ratio.pValue < 0.05) unequal++;
  }
  const made = pairs - refused;
  return {
    crossings: crossings / made,
    crossingCovered: crosses ? held / crossings : Number.NaN,
    covered: covered.map((count) => count / made),
    halfWidth: width / wide,
    slopeCovered: slopes / made,
    unequal: unequal / made,
    refused,
  };
};
