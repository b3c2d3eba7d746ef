import { createDevice, random, type Tensor } from "@isoflop/tensor";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  convert,
  cosinePath,
  definePath,
  denoiser,
  edmInputs,
  edmPath,
  edmWeighting,
  effectiveWeight,
  linearPath,
  logitNormal,
  logNormalSigma,
  objective,
  plainInputs,
  predictions,
  shifted,
  stratified,
  unweightedIn,
  vePath,
  vpPath,
} from "../src/index.js";

const device = await createDevice("wasm");
const paths = [linearPath(), cosinePath(), vpPath(), vePath(), edmPath()];
const named = paths.map((path) => [path.name, path] as const);

describe.each(named)("on the %s path", (_, path) => {
  const ratio = (t: number): number => path.at(t).sigma / path.at(t).alpha;

  test("the time of a ratio is the inverse of the ratio at a time, in float64 and on a device", async () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 0.999, noNaN: true }), (t) => {
        expect(Math.abs(path.timeAt(ratio(t)) / t - 1)).toBeLessThan(1e-9);
      }),
    );
    const times = [0.01, 0.2, 0.5, 0.9, 0.99];
    const found = await path.timeAt(device.tensor(times.map(ratio))).data();
    for (const [i, t] of times.entries()) expect(Math.abs(found[i]! / t - 1)).toBeLessThan(3e-6);
    expect([path.timeAt(0), path.timeAt(Number.POSITIVE_INFINITY)]).toEqual([0, 1]);
  });

  test("bisection finds the same where there is no formula", () => {
    const plain = definePath("mine", (_, t) => path.at(t as never) as never);
    for (const t of [0.001, 0.3, 0.97]) expect(plain.timeAt(ratio(t))).toBeCloseTo(t, 12);
    expect(() => plain.timeAt(device.tensor([1]))).toThrow("has no formula for the time of a ratio");
  });

  test("log-normal noise to signal has its quantiles and integrates to them", () => {
    const density = logNormalSigma({ mean: -0.5, std: 0.9 }).on(path);
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 0.98, noNaN: true }), (p) => {
        const h = 1e-4;
        const [low, high] = [density.quantile(p), density.quantile(p + h)];
        const share = ((high - low) / 6) * (density.pdf(low) + 4 * density.pdf((low + high) / 2) + density.pdf(high));
        expect(share / h).toBeCloseTo(1, 5);
      }),
    );
    const median = ratio(density.quantile(0.5));
    if (path.name !== "ve") expect(Math.log(median)).toBeCloseTo(-0.5, 2);
  });

  test("every prediction gives every other", () => {
    for (const from of predictions)
      for (const to of predictions) {
        const given = convert(path, { from: "data", to: from }, 0.7, 0.4, 0.6);
        const right = convert(path, { from: "data", to }, 0.7, 0.4, 0.6);
        const found = convert(path, { from, to }, given, 0.4, 0.6);
        expect(Math.abs(found - right) / (1 + Math.abs(right)), `${from} to ${to}`).toBeLessThan(1e-9);
      }
  });
});

test("log-normal noise to signal on the linear path is the logit-normal, shifted ones too", () => {
  const [ours, theirs] = [logNormalSigma({ mean: 0.3, std: 0.8 }), logitNormal({ mean: 0.3, std: 0.8 })];
  const on = ours.on(linearPath());
  for (const u of [0.01, 0.3, 0.99]) {
    expect(on.quantile(u)).toBeCloseTo(theirs.quantile(u), 12);
    expect(on.pdf(u)).toBeCloseTo(theirs.pdf(u), 9);
  }
  expect(shifted(on, 3).quantile(0.4)).toBeCloseTo(shifted(theirs, 3).quantile(0.4), 12);
});

test("an objective gives a density in terms of noise its path", async () => {
  const aim = objective({ path: edmPath(), prediction: "F", density: logNormalSigma(), inputs: edmInputs() });
  const times = await stratified(aim.density, 1000, random.key(1)).data(device);
  const logs = Array.from(times, (t) => Math.log(80 * t));
  const mean = logs.reduce((sum, x) => sum + x, 0) / 1000;
  const deviation = Math.sqrt(logs.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 1000);
  expect(mean).toBeCloseTo(-1.2, 2);
  expect(deviation).toBeCloseTo(1.2, 2);
});

test("1 on F is EDM's weighting, whatever is measured", () => {
  for (const path of paths)
    for (const space of predictions)
      for (const sigmaData of [0.5, 1.3]) {
        const with_ = (weighting: ReturnType<typeof edmWeighting>) =>
          effectiveWeight(objective({ path, prediction: "data", weighting, density: logitNormal() }), 0.4, space);
        const [ours, theirs] = [with_(unweightedIn({ kind: "F", sigmaData })), with_(edmWeighting(sigmaData))];
        expect(Math.abs(ours / theirs - 1)).toBeLessThan(1e-12);
      }
});

test("F of variance 1 on a variance-preserving path is -v", () => {
  const F = { kind: "F", sigmaData: 1 } as const;
  for (const path of [cosinePath(), vpPath()])
    expect(convert(path, { from: "v", to: F }, 0.8, -0.3, 0.4)).toBeCloseTo(-0.8, 12);
});

test("a network is given EDM's inputs, and plain ones as they are", async () => {
  const seen: Tensor[] = [];
  const network = (x: Tensor, t: Tensor): Tensor => {
    seen.push(x, t);
    return x;
  };
  const [x, t] = [device.tensor([2, 2], [2, 1]), device.tensor([0.01, 0.5])];
  denoiser({ path: edmPath(), inputs: edmInputs({ sigmaData: 0.5 }) }, network)(x, t);
  const [scaled, times] = [await seen[0]!.data(), await seen[1]!.data()];
  for (const [i, sigma] of [0.8, 40].entries()) {
    expect(scaled[i]).toBeCloseTo(2 / Math.hypot(0.5, sigma), 5);
    expect(times[i]).toBeCloseTo(Math.log(sigma) / 4, 5);
  }
  expect(denoiser({ path: linearPath(), inputs: plainInputs() }, network)).toBe(network);
});

test("options outside their range are named", () => {
  expect(() => vePath({ sigmaMin: 2, sigmaMax: 1 })).toThrow("sigmas are 2 and 1; it takes 0 < sigmaMin < sigmaMax");
  expect(() => vePath({ sigmaMin: 0 })).toThrow("ve.sigmaMin is 0");
  expect(() => edmPath({ sigmaMax: -1 })).toThrow("edm.sigmaMax is -1");
  expect(() => edmInputs({ sigmaData: 0 })).toThrow("edm.sigmaData is 0");
  expect(() => logNormalSigma({ std: 0 })).toThrow("logNormalSigma.std is 0");
  expect(() => unweightedIn({ kind: "F", sigmaData: 0 })).toThrow(/sigmaData is 0/);
  expect(() => linearPath().timeAt(-1)).toThrow("noise to signal is -1; it must be at least 0");
});
