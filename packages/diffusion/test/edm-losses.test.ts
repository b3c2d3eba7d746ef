import { createDevice, random, valueAndGrad } from "@isoflop/tensor";
import { describe, expect, test } from "vitest";
import {
  carried,
  discretePath,
  edmPath,
  effectiveWeight,
  linearPath,
  logNoise,
  logVariance,
  loss,
  objective,
  objectiveOn,
  type Path,
  uncertain,
  uniform,
  vePath,
  vpPath,
} from "../src/index.js";
import { describeEdmLosses, fixture, path } from "./parity/edm-losses.js";

/** What a user without types hands over. */
const loose = (value: unknown): never => value as never;

describeEdmLosses("reference", 4e-6);
describeEdmLosses("wasm", 4e-6);

test("carried densities draw on a device what they draw on the host, from tables too", async () => {
  const device = await createDevice("wasm");
  const shares = [0.05, 0.3, 0.6, 0.95];
  for (const from of [vpPath(), vePath(), discretePath()] as Path[])
    for (const to of [path, discretePath({ schedule: "cosine" })] as Path[]) {
      const aim = objective({ path: to, prediction: "v", density: carried({ path: from, density: uniform() }) });
      const found = await objectiveOn(aim, device).density.quantile(device.tensor(shares)).data();
      shares.forEach((u, i) => {
        expect(found[i]! / aim.density.quantile(u), `${from.name} on ${to.name}`).toBeCloseTo(1, 3);
      });
    }
});

describe("uncertainty", () => {
  test("is 0 before it learns, least where e^u is the loss, and a function of the noise level alone", async () => {
    const device = await createDevice("wasm");
    const net = logVariance({ features: 16, seed: 3 });
    const levels = device.tensor([-2, -1, 0, 1, 2]);
    expect(Array.from(await net.apply(net.init(), levels).data(device))).toEqual([0, 0, 0, 0, 0]);
    const losses = device.tensor([0.5, 1, 2, 4, 8]);
    expect(Array.from(await uncertain(losses, levels.mul(0)).data())).toEqual([0.5, 1, 2, 4, 8]);
    const least = uncertain(losses, losses.log());
    const right = [0.5, 1, 2, 4, 8].map((x) => 1 + Math.log(x));
    (await least.data()).forEach((x, i) => void expect(x).toBeCloseTo(right[i]!, 5));
    // Gradient descent finds the logarithm of the losses.
    let params = { weight: device.tensor(new Float32Array(16), [1, 16]) };
    for (let step = 0; step < 300; step++) {
      const { gradient } = valueAndGrad((p: typeof params) => uncertain(losses, net.apply(p, levels)).mean())(params);
      const weight = params.weight.sub(gradient.weight.mul(0.1));
      params = { weight: device.tensor((await weight.data()) as Float32Array, [1, 16]) };
    }
    const learnt = await net.apply(params, levels).data();
    learnt.forEach((u, i) => void expect(Math.abs(u - Math.log([0.5, 1, 2, 4, 8][i]!))).toBeLessThan(0.1));
    const again = logVariance({ features: 16, seed: 4 }).apply(params, levels);
    expect(await again.data()).not.toEqual(learnt);
  });

  test("is asked at log(σ / alpha), and leaves the loss as it is", async () => {
    const device = await createDevice("wasm");
    const t = device.tensor([0.25, 0.5]);
    for (const [at, ratios] of [
      [edmPath({ sigmaMax: 8 }), [2, 4]],
      [linearPath(), [1 / 3, 1]],
    ] as const)
      (await logNoise(at, t).data()).forEach((x, i) => void expect(x).toBeCloseTo(Math.log(ratios[i]!), 6));
    const aim = objective({ path: linearPath(), prediction: "velocity", density: uniform() });
    const batch = { x: random.normal(random.key(0), [2, 3]), noise: random.normal(random.key(1), [2, 3]), t };
    const of = (given: typeof aim) => loss(given, (x) => x, batch).data();
    expect(await of(objective({ ...aim, uncertainty: {} }))).toEqual(await of(aim));
    expect(() => effectiveWeight(objective({ ...aim, uncertainty: {} }), 0.5)).toThrow("e^u, which is learnt");
    expect(() => logNoise(loose(null), t)).toThrow("logNoise: path");
    expect(() => logNoise(path, loose(3))).toThrow("logNoise: t is 3");
  });

  test("refuses what does not fit", () => {
    expect(() => logVariance({ features: 0 })).toThrow("logVariance.features is 0");
    expect(() => logVariance({ seed: -1 })).toThrow("logVariance.seed is -1");
    const net = logVariance();
    expect(() => net.apply(net.init(), random.normal(random.key(0), [2, 2]))).toThrow("it takes one per sample, [n]");
  });
});

test("no array of the fixture is left unread", () => {
  expect(fixture.unread()).toEqual([]);
});
