import { createDevice, type Device } from "@isoflop/tensor";
import { describe, expect, test } from "vitest";
import {
  cosinePath,
  discretePath,
  edmPath,
  edmWeighting,
  effectiveWeight,
  likelihoodWeighting,
  linearPath,
  loss,
  minSnr,
  objective,
  objectiveOn,
  type Path,
  type PredictionName,
  predictions,
  softMinSnr,
  uniform,
  unweighted,
  vePath,
  vpPath,
  type Weighting,
} from "../src/index.js";
import { best, centre, spread } from "./gaussian.js";
import { determinants, type Exact } from "./limits.js";

const paths: readonly Path[] = [
  ...[linearPath(), cosinePath(), vpPath(), vePath(), edmPath(), discretePath()],
  discretePath({ schedule: "cosine", steps: 60 }),
];
const times = [0.1, 0.3, 0.5, 0.7, 0.9];

/** What is left of the variance of data of one Gaussian number once x_t is known. */
const posteriorVariance = ({ alpha, sigma }: Exact): number =>
  (spread * sigma) ** 2 / ((alpha * spread) ** 2 + sigma ** 2);

/** What the loss is at best: what is left of the variance of data, in the unit of what the error is in. */
const least = (path: Path, t: number, errorIn: PredictionName): number => {
  const c = path.at(t) as Exact;
  return (determinants[errorIn](c) / c.sigma) ** 2 * posteriorVariance(c);
};

/** Mean losses at each time of the best network with an offset: squares are quadratic in data and noise, whose means two numbers of each have exactly. */
const lossesOf = async (
  device: Device,
  parts: { readonly path: Path; readonly prediction: PredictionName; readonly errorIn?: PredictionName },
  { weighting = unweighted(), offset = 0 }: { readonly weighting?: Weighting; readonly offset?: number } = {},
): Promise<number[]> => {
  const aim = objectiveOn(objective({ ...parts, weighting, density: uniform({ from: 0.05 }) }), device);
  const pairs = [-1, 1].flatMap((data) => [-1, 1].map((noise) => [data, noise] as const));
  const rows = times.flatMap((t) => pairs.map(([data, noise]) => [centre + spread * data, noise, t] as const));
  const column = (i: 0 | 1 | 2) => rows.map((row) => row[i]);
  const network = best(aim.path, parts.prediction);
  const losses = await loss(aim, (x, t) => network(x, t).add(offset), {
    x: device.tensor(column(0), [rows.length, 1]),
    noise: device.tensor(column(1), [rows.length, 1]),
    t: device.tensor(column(2)),
  }).data();
  const each = Array.from(losses);
  return times.map((_, i) => each.slice(4 * i, 4 * i + 4).reduce((sum, value) => sum + value / 4, 0));
};

describe.each([
  // Float64; f32, in which noise of 80 leaves few digits to data of 1.
  ["reference", 1e-5],
  ["wasm", 3e-3],
] as const)("the least loss of Gaussian data on %s is their posterior variance", (kind, within) => {
  test.each(paths.map((path) => [path.name, path] as const))(
    "on the %s path, whatever is predicted and wherever the error is",
    async (_, path) => {
      using device = await createDevice(kind);
      for (const prediction of predictions)
        for (const errorIn of predictions)
          for (const [i, value] of (await lossesOf(device, { path, prediction, errorIn })).entries())
            expect(
              Math.abs(value / least(path, times[i]!, errorIn) - 1),
              `${prediction}, error in ${errorIn} at ${times[i]}`,
            ).toBeLessThan(within);
    },
  );
});

test("a network that is off has its square more", async () => {
  using device = await createDevice("reference");
  for (const path of paths)
    for (const prediction of predictions)
      for (const [i, value] of (await lossesOf(device, { path, prediction }, { offset: 0.5 })).entries())
        expect(value / (least(path, times[i]!, prediction) + 0.25)).toBeCloseTo(1, 4);
});

test("a weighting counts it by the effective weight over the density", async () => {
  using device = await createDevice("reference");
  for (const path of paths)
    for (const weighting of [minSnr(5), softMinSnr(), edmWeighting(), likelihoodWeighting()]) {
      const aim = objective({ path, prediction: "v", weighting, density: uniform({ from: 0.05 }) });
      for (const [i, value] of (await lossesOf(device, { path, prediction: "v" }, { weighting })).entries()) {
        const t = times[i]!;
        const right = (effectiveWeight(aim, t, "data") / aim.density.pdf(t)) * posteriorVariance(path.at(t) as Exact);
        expect(value / right, `${weighting.name} on ${path.name} at ${t}`).toBeCloseTo(1, 4);
      }
    }
});
