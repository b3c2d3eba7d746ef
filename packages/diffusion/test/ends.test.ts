import { createDevice } from "@isoflop/tensor";
import { describe, expect, test } from "vitest";
import {
  cosinePath,
  edmWeighting,
  effectiveWeight,
  likelihoodWeighting,
  linearPath,
  loss,
  minSnr,
  numbers,
  objective,
  type Path,
  type Prediction,
  predictions,
  sigmoidWeighting,
  softMinSnr,
  uniform,
  unweighted,
  unweightedIn,
  vpPath,
  type Weighting,
} from "../src/index.js";
import { weightIn } from "../src/objective.js";

/** Coefficients with all their digits at t = 0 + far and t = 1 - far. */
interface Exact {
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

const paths: readonly [path: Path, exact: (toNoise: number, toData: number) => Exact][] = [
  [linearPath(), linear],
  [cosinePath(), cosine],
  [vpPath(), vp],
];

/** d (prediction) / d (data) at fixed x_t, times sigma, by the definitions. */
const determinants: Readonly<Record<Prediction, (c: Exact) => number>> = {
  velocity: (c) => c.alphaDot * c.sigma - c.sigmaDot * c.alpha,
  noise: (c) => -c.alpha,
  data: (c) => c.sigma,
  v: (c) => -(c.sigma ** 2) - c.alpha ** 2,
  score: (c) => c.alpha / c.sigma,
};

const snr = ({ alpha, sigma }: Exact) => (alpha / sigma) ** 2;

/** Each weighting as its paper has it: a weight on the squared error of one prediction. */
const papers: readonly [weighting: Weighting, on: Prediction, weight: (c: Exact) => number][] = [
  [minSnr(5), "data", (c) => Math.min(snr(c), 5)],
  [softMinSnr(0.5), "data", (c) => 1 / (1 / snr(c) + 0.25)],
  [edmWeighting(0.5), "data", (c) => snr(c) + 4],
  [sigmoidWeighting(-1), "noise", (c) => 1 / (1 + Math.E * snr(c))],
  [likelihoodWeighting(), "noise", (c) => c.sigmaDot / c.sigma - c.alphaDot / c.alpha],
  ...predictions.map((on): (typeof papers)[number] => [unweightedIn(on), on, () => 1]),
];

const ends = [
  [0, (far: number): [toNoise: number, toData: number] => [1 - far, far]],
  [1, (far: number): [toNoise: number, toData: number] => [far, 1 - far]],
] as const;

/** The limit of f towards 0: f is a power there, so it settles, vanishes or grows. */
const limit = (f: (far: number) => number): number => {
  const growth = f(2 ** -40) / f(2 ** -36);
  if (growth > 1.5) return Number.POSITIVE_INFINITY;
  return growth < 0.7 ? 0 : f(2 ** -50);
};

const closeTo = (value: number, wanted: number, share: number, label: string): void => {
  if (wanted === 0 || wanted === Number.POSITIVE_INFINITY) expect(value, label).toBe(wanted);
  else expect(Math.abs(value / wanted - 1), label).toBeLessThan(share);
};

describe.each(paths.map(([path, exact]) => [path.name, path, exact] as const))("on the %s path", (_, path, exact) => {
  test.each(papers.map((paper) => [`${paper[0].name}`, ...paper] as const))(
    "%s has its limit at both ends in every space",
    (_, weighting, on, weight) => {
      for (const space of predictions) {
        const wanted = (c: Exact) => weight(c) * (determinants[on](c) / determinants[space](c)) ** 2;
        const own = (t: number) => weightIn(numbers, path.at(t), { weighting, errorIn: space }, space, false);
        for (const [end, place] of ends) {
          const label = `in ${space} at ${end}`;
          closeTo(
            own(end) as number,
            limit((far) => wanted(exact(...place(far)))),
            1e-9,
            label,
          );
          for (const far of [2 ** -30, 2 ** -8, 0.3]) {
            const t = end === 0 ? far : 1 - far;
            closeTo(own(t) as number, wanted(exact(...place(far))), 1e-10, `${label} from ${far}`);
          }
        }
      }
    },
  );
});

describe.each(["reference", "wasm"] as const)("losses in f32 on %s", (kind) => {
  const [data, noise] = [0.5, -1];
  const fars = [0, 2 ** -24, 2 ** -12];

  test.each(paths.map(([path, exact]) => [path.name, path, exact] as const))(
    "are the limits at t = 0 and 1 and exact beside them, on the %s path",
    async (_, path, exact) => {
      using device = await createDevice(kind, { wasm: { threads: 1 } });
      const times = ends.flatMap(([end]) => fars.map((far) => (end === 0 ? far : 1 - far)));
      const full = (value: number) => device.tensor(new Float32Array(times.length).fill(value), [times.length, 1]);
      const batch = { x: full(data), noise: full(noise), t: device.tensor(times) };
      const truth: Readonly<Record<Prediction, (c: Exact) => number>> = {
        velocity: (c) => c.alphaDot * data + c.sigmaDot * noise,
        ...{ noise: () => noise, data: () => data },
        v: (c) => c.alpha * noise - c.sigma * data,
        score: (c) => -noise / c.sigma,
      };
      for (const prediction of predictions)
        for (const [weighting, on, weight] of papers) {
          const aim = objective({ path, prediction, weighting, density: uniform() });
          const losses = await loss(aim, (y) => y.mul(0).add(0.25), batch).data();
          const wanted = (c: Exact) =>
            weight(c) * ((determinants[on](c) / determinants[prediction](c)) * (0.25 - truth[prediction](c))) ** 2;
          ends.forEach(([end, place], e) => {
            fars.forEach((far, i) => {
              const label = `${weighting.name}, ${prediction} at ${end} from ${far}`;
              const right = far === 0 ? limit((x) => wanted(exact(...place(x)))) : wanted(exact(...place(far)));
              closeTo(losses[e * fars.length + i]!, right, 1e-5, label);
            });
          });
        }
    },
  );
});

test("the effective weight is no NaN anywhere, and 0 where nothing is drawn", () => {
  for (const [path] of paths)
    for (const [weighting] of [...papers, [unweighted()] as const])
      for (const space of predictions) {
        const aim = objective({ path, prediction: "noise", weighting, density: uniform() });
        for (const t of [0, 1]) expect(effectiveWeight(aim, t, space)).toBe(0);
        for (const t of [2 ** -40, 1 - 2 ** -40]) expect(effectiveWeight(aim, t, space)).toBeGreaterThanOrEqual(0);
      }
});
