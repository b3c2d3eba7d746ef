import { createDevice, random, type Tensor } from "@isoflop/tensor";
import { describe, expect, test } from "vitest";
import {
  convert,
  convertBins,
  convertLosses,
  cosinePath,
  DiffusionError,
  ddpm,
  discretePath,
  edm,
  edmPath,
  edmWeighting,
  linearPath,
  logitNormal,
  loss,
  lossFactor,
  minSnr,
  type Objective,
  objective,
  type Path,
  type Prediction,
  quantiles,
  rectifiedFlow,
  type TimestepDensity,
  uniform,
  unweighted,
  vpPath,
} from "../src/index.js";

const device = await createDevice("wasm");

/** The least loss of data of standard deviation s: that of the mean of the data given x_t, an error in the data of variance (1/s² + α²/σ²)⁻¹. */
const least = (aim: Objective, t: number, s: number): number => {
  const { alpha, sigma } = aim.path.at(t) as { alpha: number; sigma: number };
  const variance = (s * sigma) ** 2 / ((s * alpha) ** 2 + sigma ** 2);
  const inData = objective({
    ...aim,
    prediction: "data",
    errorIn: "data",
    weighting: unweighted(),
    density: uniform(),
  });
  return variance * lossFactor({ from: inData, to: { ...aim, density: uniform() } }, t);
};

const mean = (aim: Objective, s: number, n = 3000): number =>
  quantiles(aim.density, n).reduce((sum, t) => sum + least(aim, t, s), 0) / n;

const on = (path: Path, prediction: Prediction, density: TimestepDensity = uniform()) =>
  objective({ path, prediction, density });

describe("the factor between two losses", () => {
  test("is the field's, at any time", () => {
    for (const path of [cosinePath(), vpPath(), linearPath()])
      for (const t of [0.05, 0.4, 0.9]) {
        const { alpha, sigma, alphaDot, sigmaDot } = path.at(t) as Record<
          "alpha" | "sigma" | "alphaDot" | "sigmaDot",
          number
        >;
        const factor = (from: Prediction, to: Prediction) => lossFactor({ from: on(path, from), to: on(path, to) }, t);
        const snr = (alpha / sigma) ** 2;
        expect(factor("data", "noise") / snr).toBeCloseTo(1, 10);
        expect(factor("data", "v") / ((alpha ** 2 + sigma ** 2) / sigma) ** 2).toBeCloseTo(1, 10);
        expect(factor("data", "velocity") / (alphaDot - (sigmaDot * alpha) / sigma) ** 2).toBeCloseTo(1, 10);
        expect(factor("noise", "score") * sigma ** 2).toBeCloseTo(1, 10);
        const weighed = { ...on(path, "noise"), weighting: minSnr(5) };
        expect(lossFactor({ from: on(path, "data"), to: weighed }, t) / Math.min(snr, 5)).toBeCloseTo(1, 10);
      }
  });

  test("is 1 to itself and inverse the other way, across paths too", () => {
    const [flow, sigmas] = [rectifiedFlow(), edm()];
    for (const t of [0.01, 0.3, 0.8]) {
      expect(lossFactor({ from: flow, to: flow }, t)).toBe(1);
      const there = sigmas.path.timeAt(t / (1 - t));
      const back = lossFactor({ from: sigmas, to: flow }, there);
      expect(lossFactor({ from: flow, to: sigmas }, t) * back).toBeCloseTo(1, 10);
      // (σ² + ¼) / (σ / 2)² of the data's error is EDM's, 1 / t² of it velocity's.
      const sigma = t / (1 - t);
      const right = ((sigma ** 2 + 0.25) / (sigma / 2) ** 2) * t ** 2;
      expect(lossFactor({ from: flow, to: sigmas }, t) / right).toBeCloseTo(1, 10);
    }
  });
});

describe("losses of samples", () => {
  const shape = [8, 4];
  const [x, noise] = [random.normal(random.key(1), shape), random.normal(random.key(2), shape)];

  test("are those that the same predictions have when they are measured so", async () => {
    const times = [0.05, 0.1, 0.3, 0.5, 0.6, 0.8, 0.9, 0.95];
    const t = device.tensor(times);
    for (const path of [linearPath(), vpPath()]) {
      const network = (xt: Tensor): Tensor => xt.mul(0.3).add(0.1);
      const from = on(path, "data");
      const measured = await loss(from, network, { x, noise, t }).data(device);
      for (const prediction of ["noise", "velocity", "v", "score", "F"] as const)
        for (const weighting of [unweighted(), minSnr(5), edmWeighting(0.5)]) {
          const to = objective({ path, prediction, weighting, density: uniform() });
          const same = (xt: Tensor, at: Tensor): Tensor =>
            convert(path, { from: "data", to: prediction }, network(xt), xt, at.reshape([8, 1]));
          const right = await loss(to, same, { x, noise, t }).data(device);
          const found = convertLosses({ losses: measured, times }, { from, to });
          right.forEach((value, i) => {
            expect(Math.abs(found.losses[i]! / value - 1), `${prediction}, ${weighting.name}`).toBeLessThan(2e-4);
          });
          expect(Array.from(found.times)).toEqual(times);
        }
    }
  });

  test.each<[name: string, from: Objective, to: Objective]>([
    ["uniform to logit-normal", on(linearPath(), "data"), rectifiedFlow()],
    ["logit-normal to uniform noise", rectifiedFlow(), on(linearPath(), "noise", uniform({ from: 0.05, to: 0.9 }))],
    ["rectified flow to EDM", rectifiedFlow(), edm()],
    ["EDM to v on the cosine path", edm(), on(cosinePath(), "v", logitNormal({ mean: -0.5 }))],
    ["DDPM's steps to rectified flow", ddpm(), rectifiedFlow({ density: logitNormal({ std: 0.5 }) })],
  ])("of Gaussian data, %s: the mean is the closed form", (_, from, to) => {
    const times = quantiles(from.density, 3000);
    const losses = times.map((t) => least(from, t, 0.7));
    const found = convertLosses({ losses, times }, { from, to });
    expect(Math.abs(found.mean / mean(to, 0.7) - 1)).toBeLessThan(1e-2);
    expect(found.covered).toBeGreaterThan(0.98);
    expect(found.covered).toBeLessThan(1.02);
    expect(found.cautions).toEqual([]);
    expect(found.effective).toBeGreaterThan(300);
    found.losses.forEach((value, i) => void expect(value / least(to, found.times[i]!, 0.7)).toBeCloseTo(1, 6));
  });

  test("say by a standard error how far their mean is off", () => {
    const [from, to] = [on(linearPath(), "velocity"), rectifiedFlow({ density: logitNormal({ mean: 1, std: 0.7 }) })];
    const right = mean(to, 0.5);
    // A linear congruential generator, as draws are to be independent.
    let state = 7;
    const uniformly = () => {
      state = (state * 48271) % 2147483647;
      return state / 2147483647;
    };
    let inside = 0;
    for (let run = 0; run < 60; run++) {
      const times = Array.from({ length: 100 }, uniformly);
      const found = convertLosses({ losses: times.map((t) => least(from, t, 0.5)), times }, { from, to });
      if (Math.abs(found.mean - right) < 2 * found.stdErr) inside++;
      expect(found.effective).toBeLessThan(100);
    }
    expect(inside).toBeGreaterThan(50);
  });

  test("warn where the densities hardly overlap", () => {
    const from = on(linearPath(), "velocity", logitNormal({ mean: -3, std: 0.4 }));
    const to = rectifiedFlow({ density: logitNormal({ mean: 1, std: 0.4 }) });
    const times = quantiles(from.density, 1000);
    const far = convertLosses({ losses: times.map(() => 1), times }, { from, to });
    expect(far.effective).toBeLessThan(20);
    expect(far.cautions).toHaveLength(2);
    expect(far.cautions[0]).toMatch(
      /the logit-normal\(-3, 0.4\) density draws few of the times that logit-normal\(1, 0.4\) does: 1000 samples are worth \d+\.\d/,
    );
    const half = on(linearPath(), "velocity", uniform({ to: 0.5 }));
    const early = quantiles(half.density, 100);
    const cut = convertLosses(
      { losses: early.map(() => 1), times: early },
      { from: half, to: on(linearPath(), "velocity") },
    );
    expect(cut.cautions).toEqual(["the uniform(0, 0.5) density draws none of 50 % of the times that uniform does"]);
    expect(cut.covered).toBeCloseTo(0.5, 12);
    // Times of another density than the one that is named.
    const mixed = quantiles(rectifiedFlow().density, 512);
    const other = convertLosses({ losses: mixed.map(() => 1), times: mixed }, { from: edm(), to: rectifiedFlow() });
    expect(other.cautions).toHaveLength(1);
    expect(other.cautions[0]).toMatch(/the times are hardly draws of the .* density: importance weights average 5\.33/);
  });
});

describe("losses of bins", () => {
  const binsOf = (aim: Objective, count: number, s: number) =>
    Array.from({ length: count }, (_, k) => {
      const at = Array.from({ length: 40 }, (__, i) => aim.density.quantile((k + (i + 0.5) / 40) / count));
      const each = at.map((t) => least(aim, t, s));
      const edge = (i: number) => (i === 0 ? 0 : i === count ? 1 : aim.density.quantile(i / count));
      return { from: edge(k), to: edge(k + 1), mean: each.reduce((sum, x) => sum + x, 0) / 40, stdErr: 0.01 };
    });

  test("go over to another objective, the closer the narrower they are", () => {
    const [from, to] = [rectifiedFlow(), edm()];
    const right = mean(to, 0.6);
    const off = (count: number) => Math.abs(convertBins(binsOf(from, count, 0.6), { from, to }).mean / right - 1);
    expect(off(8)).toBeLessThan(0.2);
    expect(off(64)).toBeLessThan(0.02);
    const same = convertBins(binsOf(from, 8, 0.6), { from, to: from });
    expect(same.mean).toBeCloseTo(mean(from, 0.6), 3);
    expect(same.stdErr).toBeCloseTo(0.01 / Math.sqrt(8), 12);
    expect([same.effective, same.cautions]).toEqual([8, []]);
    expect(same.covered).toBeCloseTo(1, 12);
    same.bins.forEach((bin, k) => {
      const { mean: was, ...rest } = binsOf(from, 8, 0.6)[k]!;
      expect(bin).toMatchObject({ from: rest.from, to: rest.to });
      expect(bin.mean).toBeCloseTo(was, 12);
    });
  });

  test("of DDPM's steps have the signal to noise of their times", () => {
    const path = discretePath({ steps: 100, schedule: "cosine" });
    const [from, to] = [on(path, "data"), on(path, "noise")];
    const found = convertBins(binsOf(from, 50, 0.5), { from, to });
    const right = binsOf(to, 50, 0.5);
    for (const k of [5, 20, 40]) expect(found.bins[k]!.mean / right[k]!.mean).toBeCloseTo(1, 1);
  });
});

test("what is no measurement is refused", () => {
  const flow = rectifiedFlow();
  const to = edm();
  const bound = ddpm({ variance: "learnedRange", loss: "rescaledKl" });
  const refusals: [call: () => unknown, message: string][] = [
    [() => convertLosses({ losses: [1, 2], times: [0.5] }, { from: flow, to }), "there are 2 losses and 1 times"],
    [() => convertLosses({ losses: [], times: [] }, { from: flow, to }), "there are 0 losses"],
    [() => convertLosses({ losses: [Number.NaN], times: [0.5] }, { from: flow, to }), "loss 0 of 1 is NaN"],
    [() => convertLosses({ losses: [1], times: [1.5] }, { from: flow, to }), "a time is 1.5"],
    [
      () => convertLosses({ losses: [1], times: [0.5] }, { from: bound, to }),
      'from has loss "rescaledKl", DDPM\'s bound',
    ],
    [() => lossFactor({ from: on(linearPath(), "noise"), to: on(linearPath(), "score") }, 0), "the factor is Infinity"],
    [
      () =>
        convertLosses({ losses: [1], times: [0.2] }, { from: flow, to: on(linearPath(), "v", uniform({ from: 0.5 })) }),
      "the uniform(0.5, 1) density draws none of the times of logit-normal(0, 1)",
    ],
    [
      () =>
        convertLosses({ losses: [1], times: [0.7] }, { from: on(linearPath(), "v", uniform({ to: 0.5 })), to: flow }),
      "a time is 0.7, which the uniform(0, 0.5) density never draws",
    ],
    [() => convertBins([], { from: flow, to }), "the number of bins is 0"],
    [
      () => convertBins([{ from: 0.5, to: 0.2, mean: 1, stdErr: 0 }], { from: flow, to }),
      "bin 0 is from 0.5 to 0.2; it takes 0 <= from < to <= 1",
    ],
  ];
  for (const [call, message] of refusals) {
    expect(call, message).toThrow(DiffusionError);
    expect(call).toThrow(message);
  }
});

test("the EDM path's noise is the linear path's at equal ratios", () => {
  const [from, to] = [on(linearPath(), "noise"), on(edmPath(), "noise")];
  for (const t of [0.1, 0.5, 0.9]) expect(lossFactor({ from, to }, t)).toBeCloseTo(1, 12);
});
