import { sources } from "@isoflop/data";
import {
  densities,
  densityOn,
  effectiveWeight,
  grids,
  linearPath,
  objective,
  paths,
  sample,
  solvers,
  weightings,
} from "@isoflop/diffusion";
import { checkCounted, parameterRates } from "@isoflop/dit";
import type { Context } from "@isoflop/flops";
import { extractors } from "@isoflop/metrics";
import { contentOf, memoryRunStore, runId, runSpec, runSweep, trainRunner } from "@isoflop/sweep";
import { createDevice, mul, type Tensor } from "@isoflop/tensor";
import {
  buildObjective,
  coordinateCheck,
  measure,
  metrics,
  modelOf,
  optimizers,
  schedules,
  setupFor,
  trainSpec,
} from "@isoflop/train";
import { loadModule } from "isoflop/modules";
import { afterAll, describe, expect, it } from "vitest";

const device = await createDevice("wasm", { wasm: { threads: 1 } });
afterAll(() => device.destroy());

const parts = new URL("../parts/", import.meta.url).pathname;
for (const sort of [
  "density",
  "weighting",
  "path",
  "solver",
  "source",
  "conditioning",
  "schedule",
  "metric",
  "extractor",
  "runner",
  "optimizer",
  "grid",
])
  await loadModule(`my-${sort}.ts`, parts);

describe("roughness", () => {
  const features = async (value: (x: number, y: number) => number, given: object = {}) => {
    const extractor = extractors.build({ kind: "roughness", distances: [1, 2], ...given });
    const loaded = await extractor.load(device);
    const data = Float32Array.from({ length: 3 * 64 }, (_, i) => value(i % 8, Math.floor((i % 64) / 8)));
    return [...(await loaded.features({ data, count: 1, channels: 3, height: 8, width: 8 }))];
  };

  it("is 0 of flat pictures, the slope times the distance of ramps, and all of a chequered one's at 1", async () => {
    expect(await features(() => 0.3)).toEqual([0, 0, 0, 0]);
    expect(await features((x) => x / 8)).toEqual([1 / 8, 0, 2 / 8, 0].map((value) => expect.closeTo(value, 6)));
    expect(await features((x, y) => ((x + y) % 2 === 0 ? 1 : -1))).toEqual([2, 2, 0, 0]);
  });

  it("needs pictures that are larger than its distances", async () => {
    await expect(features(() => 0, { distances: [8] })).rejects.toThrow(
      "images are 8×8; roughness needs sides above 8",
    );
  });
});

describe("laplace", () => {
  it.each([{}, { mean: 0.8, scale: 0.3 }, { mean: -1, scale: 1 }])("is a density: %j", (options) => {
    const density = densityOn(densities.build({ kind: "laplace", mean: 0, scale: 0.5, ...options }), linearPath());
    const steps = 200_000;
    // In the logit, so that the spike at either end is seen whole.
    const [low, high] = [-30, 30];
    let [total, below] = [0, 0];
    const quarter = density.quantile(0.25);
    for (let i = 0; i < steps; i++) {
      const t = 1 / (1 + Math.exp(-(low + ((i + 0.5) * (high - low)) / steps)));
      const mass = (density.pdf(t) * t * (1 - t) * (high - low)) / steps;
      total += mass;
      if (t < quarter) below += mass;
    }
    expect(total).toBeCloseTo(1, 6);
    expect(below).toBeCloseTo(0.25, 3);
    for (const u of [0.01, 0.3, 0.5, 0.9]) expect(density.quantile(u)).toBeLessThan(density.quantile(u + 0.05));
  });

  it("has the same quantiles on a device", async () => {
    const { quantile } = densityOn(densities.build("laplace"), linearPath());
    const shares = [0.001, 0.2, 0.5, 0.7, 0.999];
    const there = await quantile(device.tensor(Float32Array.from(shares)) as unknown as Tensor).data(device);
    for (const [i, share] of shares.entries()) expect(there[i]).toBeCloseTo(quantile(share), 5);
  });
});

it("p2 weighs the error of the noise by 1 / (k + SNR)^γ", () => {
  const path = linearPath();
  for (const [gamma, k] of [
    [1, 1],
    [0.5, 1],
    [2, 0.3],
  ] as const) {
    const weighting = weightings.build({ kind: "p2", gamma, k });
    const of = objective({
      path,
      prediction: "noise",
      errorIn: "noise",
      weighting,
      density: densities.build("uniform"),
    });
    for (const t of [0.05, 0.3, 0.6, 0.95])
      expect(effectiveWeight(of, t)).toBeCloseTo((k + ((1 - t) / t) ** 2) ** -gamma, 10);
    expect(effectiveWeight(of, 0)).toBe(0);
  }
});

it("subVp has sigma = 1 − alpha², and the derivatives of its coefficients", () => {
  const path = paths.build({ kind: "subVp", betaMin: 0.1, betaMax: 20 });
  const h = 1e-6;
  for (const t of [0.01, 0.2, 0.5, 0.99]) {
    const { alpha, sigma, alphaDot, sigmaDot } = path.at(t);
    expect(sigma).toBeCloseTo(1 - Number(alpha) ** 2, 12);
    const [before, after] = [path.at(t - h), path.at(t + h)];
    expect(alphaDot).toBeCloseTo((Number(after.alpha) - Number(before.alpha)) / (2 * h), 5);
    expect(sigmaDot).toBeCloseTo((Number(after.sigma) - Number(before.sigma)) / (2 * h), 5);
  }
  expect(path.at(0)).toMatchObject({ alpha: 1, sigma: 0, sigmaDot: 0.1 });
});

it("ralston is of second order, and never asks at a step's end", async () => {
  for (const at of [0.5, 2 / 3]) {
    const solver = solvers.build({ kind: "ralston", at });
    const asked: number[] = [];
    /** dx / dt = x from 1 at t = 1 to t = 0, by as many steps: its error. */
    const errorOf = async (steps: number): Promise<number> => {
      const start = device.tensor([1], [1, 1]);
      const grow = (x: Tensor) => mul(x, 1);
      const out = await sample(grow, {
        start,
        steps,
        solver,
        onStep: ({ evaluations }) => void asked.push(evaluations),
      });
      return Math.abs((await out.data())[0]! - 1 / Math.E);
    };
    const ratio = (await errorOf(8)) / (await errorOf(16));
    expect(ratio).toBeGreaterThan(3.5);
    expect(ratio).toBeLessThan(4.5);
    expect(asked.slice(0, 8)).toEqual([2, 4, 6, 8, 10, 12, 14, 16]);
  }
});

describe("gratings", async () => {
  const source = await sources.build({ source: "gratings", size: 16, seed: 3 });

  it("are functions of seed, split and index, in any chunks", async () => {
    const all = source.batch("train", 10, 6);
    const later = source.batch("train", 13, 3);
    expect(later.images).toEqual(all.images.subarray(3 * 3 * 256));
    expect(later.captions).toEqual(all.captions.subarray(6));
    const other = await sources.build({ source: "gratings", size: 16, seed: 4 });
    expect(other.batch("train", 10, 6).images).not.toEqual(all.images);
    expect(other.batch("validation", 0, 4)).toEqual(source.batch("validation", 0, 4));
    expect(all.images.every((value) => Math.abs(value) <= 1)).toBe(true);
  });

  it("have captions of their own words", () => {
    const { captions } = source.batch("validation", 0, 8);
    for (let i = 0; i < 8; i++)
      expect([...source.vocabulary.encode(source.caption("validation", i), 2)]).toEqual([
        ...captions.subarray(2 * i, 2 * i + 2),
      ]);
  });
});

describe("uVit is counted as it is built", () => {
  const contexts: Context[] = [
    { kind: "none" },
    { kind: "classes", classes: 3 },
    { kind: "words", tokens: 4, vocabulary: 9 },
    { kind: "features", tokens: 4, dim: 5 },
  ];
  const image = { height: 8, width: 8, channels: 3 };
  it.each([1, 2, 3, 4, 5])("with %i blocks", async (depth) => {
    for (const context of contexts)
      for (const time of ["token", "added"] as const)
        await checkCounted({ image, patch: 2, width: 16, heads: 2, depth, conditioning: "uVit", context, time });
  });
});

it("uVit moves as far from its start at every width under muP", async () => {
  const family = [16, 64].map((width) => ({
    ...setupFor(shapes, { patch: 8, conditioning: "uVit" }),
    ...{ width, depth: 2, heads: width / 8 },
    parameterization: { kind: "muP", baseWidth: 32, baseHeads: 4 } as const,
  }));
  expect(parameterRates(family[1]!)["blocks.1.skip.weight"]).toEqual({ learningRate: 1 / 2, weightDecay: 2 });
  const given = { steps: 3, batch: 8, optimizer: { learningRate: 0.01, warmup: 0, decay: 0 } };
  for (const { layer, slope } of await coordinateCheck(given, family, { device, data: shapes }))
    expect(Math.abs(slope), layer).toBeLessThan(0.3);
});

it("rootCooldown falls from the peak to 0, below the straight line", () => {
  const fall = schedules.build("rootCooldown");
  expect([fall(1), fall(0)]).toEqual([1, 0]);
  for (const left of [0.1, 0.5, 0.9]) expect(fall(left)).toBeLessThan(left);
  expect(fall(0.75)).toBe(0.5);
});

it("power places steps finer towards data", () => {
  const times = grids.build({ kind: "power", power: 3 }).times(linearPath(), 4);
  expect(times).toEqual([1, 0.75 ** 3, 0.5 ** 3, 0.25 ** 3, 0]);
  expect(() => grids.build("power").times(linearPath(), 0)).toThrow("steps is 0");
});

it("signum moves every weight by the rate, and decays them apart", async () => {
  const { update, rates } = optimizers.build({ kind: "signum", momentum: 0.5, weightDecay: 0.1 });
  const [weights, gradient] = [device.tensor([1, -2, 3]), device.tensor([0.4, -7, -0.01])];
  const factors = { learningRate: 1, weightDecay: 1 };
  const inputs = {
    weights,
    gradient,
    moments: { m: device.tensor([0, 0, 0.04]) },
    rates: device.tensor(rates(0, 0.1)),
    factors,
  };
  const next = update(inputs);
  const right = [1 - 0.01 - 0.1, -2 + 0.02 + 0.1, 3 - 0.03 - 0.1];
  for (const [i, value] of (await next.weights.data()).entries()) expect(value).toBeCloseTo(right[i]!, 6);
  for (const [i, value] of (await next.moments.m!.data()).entries())
    expect(value).toBeCloseTo([0.2, -3.5, 0.015][i]!, 6);
});

const shapes = await sources.build("shapes");
const spec = (more: object = {}) =>
  runSpec({
    model: { ...setupFor(shapes, { patch: 4 }), width: 16, depth: 1, heads: 2 },
    ...{ steps: 12, batch: 4, budget: 1e6, captionDropout: 0.1, validation: { images: 64 } },
    ...{ data: { source: "shapes" }, content: contentOf(shapes) },
    ...more,
  });

it("captionWorth is 0 for a model that does not listen", async () => {
  const given = spec();
  const model = modelOf(given);
  const { random } = await import("@isoflop/tensor");
  // Its readout is zero at first: whatever it is told, it predicts 0.
  const weights = model.init(random.key(1));
  const metric = { kind: "captionWorth", split: "validation", images: 64 };
  const training = trainSpec({ model: given.model, steps: 12 });
  const inputs = { weights, spec: training, model, objective: buildObjective(given.objective), data: shapes, device };
  expect(metrics.names).toContain("captionWorth");
  expect(await measure(metric, inputs)).toEqual({ value: 0, stdErr: 0, count: 64 });
});

describe("lion", () => {
  const run = spec({ runner: "lion", optimizer: { learningRate: 0.003 } });
  const runners = [trainRunner({ device, openData: async () => shapes, checkpointSeconds: 0 })];

  it("learns, as a run of its own", async () => {
    const store = memoryRunStore();
    const [lion, adamw] = await runSweep([run, spec({ optimizer: { learningRate: 0.003 } })], { store, runners });
    expect(lion!.id).not.toBe(adamw!.id);
    const steps = await store.metrics(runId(run));
    expect(steps).toHaveLength(12);
    // The first batch meets the same noise and times.
    expect((await store.metrics(adamw!.id))[0]!.loss).toBeCloseTo(steps[0]!.loss, 5);
    expect(steps.at(-1)!.loss).toBeLessThan(steps[0]!.loss);
  });

  it("goes on after an interruption to the same bits", async () => {
    const whole = memoryRunStore();
    const [uninterrupted] = await runSweep([run], { store: whole, runners });
    const store = memoryRunStore();
    const stop = new AbortController();
    const interrupted = runSweep([run], {
      ...{ store, runners, signal: stop.signal },
      onProgress: ({ running }) => running[0]?.step === 5 && stop.abort(new Error("stopped")),
    });
    await expect(interrupted).rejects.toThrow("stopped");
    const [resumed] = await runSweep([run], { store, runners });
    const lossOf = (record: typeof resumed) => record?.state === "done" && record.result.loss;
    expect(lossOf(resumed)).toBe(lossOf(uninterrupted));
  });
});
