import type { Device } from "@isoflop/tensor";
import { expect } from "vitest";
import {
  cosinePath,
  edmWeighting,
  likelihoodWeighting,
  linearPath,
  loss,
  minSnr,
  objective,
  type Path,
  type PredictionName,
  predictions,
  sigmoidWeighting,
  softMinSnr,
  uniform,
  unweightedIn,
  vpPath,
  type Weighting,
} from "../src/index.js";

/** Coefficients with all their digits at t = 0 + far and t = 1 - far. */
export interface Exact {
  readonly alpha: number;
  readonly sigma: number;
  readonly alphaDot: number;
  readonly sigmaDot: number;
}

const cosine = (toNoise: number, toData: number): Exact => {
  const [alpha, sigma] = [Math.sin((Math.PI / 2) * toNoise), Math.sin((Math.PI / 2) * toData)];
  return { alpha, sigma, alphaDot: (-Math.PI / 2) * sigma, sigmaDot: (Math.PI / 2) * alpha };
};

const vp = (_: number, t: number): Exact => {
  const [beta, decay] = [0.1 + 19.9 * t, 0.05 * t + (19.9 / 4) * t * t];
  const [alpha, sigma] = [Math.exp(-decay), Math.sqrt(-Math.expm1(-2 * decay))];
  return { alpha, sigma, alphaDot: (-alpha * beta) / 2, sigmaDot: (alpha ** 2 * beta) / (2 * sigma) };
};

const linear = (toNoise: number, toData: number): Exact => ({
  ...{ alpha: toNoise, sigma: toData, alphaDot: -1, sigmaDot: 1 },
});

export const paths: readonly [path: Path, exact: (toNoise: number, toData: number) => Exact][] = [
  [linearPath(), linear],
  [cosinePath(), cosine],
  [vpPath(), vp],
];

/** d (prediction) / d (data) at fixed x_t, times sigma, by the definitions. */
export const determinants: Readonly<Record<PredictionName, (c: Exact) => number>> = {
  velocity: (c) => c.alphaDot * c.sigma - c.sigmaDot * c.alpha,
  noise: (c) => -c.alpha,
  data: (c) => c.sigma,
  v: (c) => -(c.sigma ** 2) - c.alpha ** 2,
  score: (c) => c.alpha / c.sigma,
  F: (c) => 2 * Math.hypot(c.alpha / 2, c.sigma),
};

const snr = ({ alpha, sigma }: Exact) => (alpha / sigma) ** 2;

/** Each weighting as its paper has it: a weight on the squared error of one prediction. */
export const papers: readonly [weighting: Weighting, on: PredictionName, weight: (c: Exact) => number][] = [
  [minSnr(5), "data", (c) => Math.min(snr(c), 5)],
  [softMinSnr(0.5), "data", (c) => 1 / (1 / snr(c) + 0.25)],
  [edmWeighting(0.5), "data", (c) => snr(c) + 4],
  [sigmoidWeighting(-1), "noise", (c) => 1 / (1 + Math.E * snr(c))],
  [likelihoodWeighting(), "noise", (c) => c.sigmaDot / c.sigma - c.alphaDot / c.alpha],
  ...predictions.map((on): (typeof papers)[number] => [unweightedIn(on), on, () => 1]),
];

export const ends = [
  [0, (far: number): [toNoise: number, toData: number] => [1 - far, far]],
  [1, (far: number): [toNoise: number, toData: number] => [far, 1 - far]],
] as const;

/** The limit of f towards 0: f is a power there, so it settles, vanishes or grows. */
export const limit = (f: (far: number) => number): number => {
  const growth = f(2 ** -40) / f(2 ** -36);
  if (growth > 1.5) return Number.POSITIVE_INFINITY;
  return growth < 0.7 ? 0 : f(2 ** -50);
};

export const closeTo = (value: number, wanted: number, share: number, label: string): void => {
  if (wanted === 0 || wanted === Number.POSITIVE_INFINITY) expect(value, label).toBe(wanted);
  else expect(Math.abs(value / wanted - 1), label).toBeLessThan(share);
};

/** Data, noise and what a network says, of every sample. */
const [data, noise, said] = [0.5, -1, 0.25];
const fars = [0, 2 ** -24, 2 ** -12];

/** Holds every loss of a path to its limit at t = 0 and 1, and to its definition beside them. */
export const checkLosses = async (
  device: Device,
  path: Path,
  exact: (toNoise: number, toData: number) => Exact,
): Promise<void> => {
  const times = ends.flatMap(([end]) => fars.map((far) => (end === 0 ? far : 1 - far)));
  const full = (value: number) => device.tensor(new Float32Array(times.length).fill(value), [times.length, 1]);
  const batch = { x: full(data), noise: full(noise), t: device.tensor(times) };
  const truth: Readonly<Record<PredictionName, (c: Exact) => number>> = {
    velocity: (c) => c.alphaDot * data + c.sigmaDot * noise,
    ...{ noise: () => noise, data: () => data },
    v: (c) => c.alpha * noise - c.sigma * data,
    score: (c) => -noise / c.sigma,
    F: (c) => (2 * c.sigma * data - (c.alpha / 2) * noise) / Math.hypot(c.alpha / 2, c.sigma),
  };
  for (const prediction of predictions)
    for (const [weighting, on, weight] of papers) {
      const aim = objective({ path, prediction, weighting, density: uniform() });
      const losses = await loss(aim, (y) => y.mul(0).add(said), batch).data();
      const wanted = (c: Exact) =>
        weight(c) * ((determinants[on](c) / determinants[prediction](c)) * (said - truth[prediction](c))) ** 2;
      ends.forEach(([end, place], e) => {
        fars.forEach((far, i) => {
          const label = `${weighting.name}, ${prediction} at ${end} from ${far}`;
          const right = far === 0 ? limit((x) => wanted(exact(...place(x)))) : wanted(exact(...place(far)));
          closeTo(losses[e * fars.length + i]!, right, 1e-5, label);
        });
      });
    }
};
