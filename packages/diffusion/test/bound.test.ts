import { concat, createDevice, mul, random, type Tensor, tanh } from "@isoflop/tensor";
import { describe, expect, test } from "vitest";
import { numbers } from "../src/arithmetic.js";
import { normalBySample, samplesFrom } from "../src/by-sample.js";
import {
  bitsPerDimension,
  cosinePath,
  type DiscretePath,
  discreteBound,
  discretePath,
  edmPath,
  linearPath,
  loss,
  objective,
  objectiveOn,
  type Path,
  type Prediction,
  posterior,
  predictions,
  uniform,
  variationalBound,
  vePath,
  vpPath,
} from "../src/index.js";
import { normalQuantile } from "../src/normal-quantile.js";
import { best, centre, normalNats, spread } from "./gaussian.js";

const device = await createDevice("wasm", { wasm: { threads: 1 } });
const key = random.key(7);
await key.data(device);

/** Samples of one number, at the quantiles of the data. */
const values = Array.from({ length: 400 }, (_, i) => centre + spread * normalQuantile(numbers, (i + 0.5) / 400));
const x = device.tensor(values, [400, 1]);
const truth = values.map((value) => normalNats([value], centre, spread));

const meanOf = (numbers: ArrayLike<number>): number =>
  Array.from(numbers).reduce((sum, value) => sum + value, 0) / numbers.length;

/** How far off a mean is, in its standard errors. */
const surprise = (off: readonly number[]): number => {
  const mean = meanOf(off);
  return mean / Math.sqrt(meanOf(off.map((value) => (value - mean) ** 2)) / (off.length - 1));
};

const bound = (path: Path, prediction: Prediction, options: Parameters<typeof variationalBound>[1] = {}) =>
  variationalBound(best(path.on?.(device) ?? path, prediction), {
    objective: { path, prediction },
    device,
    ...options,
  });

describe("the bound in continuous time", () => {
  const paths = [linearPath(), cosinePath(), vpPath(), edmPath(), vePath(), discretePath()];
  test.each(paths.map((path) => [path.name, path] as const))(
    "is -log p of the data with the best network, on the %s path",
    async (_, path) => {
      for (const prediction of predictions) {
        using compiled = bound(path, prediction);
        const { nats, parts, of } = await compiled.run(null, { x, key });
        const off = truth.map((value, i) => nats[i]! - value);
        expect(Math.abs(surprise(off)), String(prediction)).toBeLessThan(3.5);
        expect(of).toBe("density");
        for (const [i, value] of nats.entries())
          expect(parts.prior[i]! + parts.diffusion[i]! + parts.reconstruction[i]!).toBeCloseTo(value, 9);
      }
    },
  );

  test("is the same to rounding on every path, as all are asked at the same levels of noise", async () => {
    const run = async (path: Path, prediction: Prediction) => {
      using compiled = bound(path, prediction);
      return (await compiled.run(null, { x, key })).nats;
    };
    const wanted = await run(linearPath(), "velocity");
    for (const [i, value] of (await run(vpPath(), "data")).entries())
      expect(Math.abs(value - wanted[i]!)).toBeLessThan(1e-3 * (1 + Math.abs(wanted[i]!)));
  });

  test("is larger for a network that is worse", async () => {
    const path = cosinePath();
    const model = best(path, "noise");
    using compiled = variationalBound((at, t) => mul(model(at, t), 0.7), {
      objective: { path, prediction: "noise" },
      device,
    });
    const { nats } = await compiled.run(null, { x, key, draws: 4 });
    using right = bound(path, "noise");
    const { nats: least } = await right.run(null, { x, key, draws: 4 });
    expect(surprise(Array.from(nats, (value, i) => value - least[i]!))).toBeGreaterThan(5);
  });

  test("has standard errors that cover, and less to tell where noise comes with its negative", async () => {
    using compiled = bound(linearPath(), "velocity");
    const { nats, standardError } = await compiled.run(null, { x, key, draws: 8 });
    const off = truth.map((value, i) => (nats[i]! - value) / standardError![i]!);
    // Student's t of 7 degrees of freedom has variance 7 / 5.
    const rms = Math.sqrt(meanOf(off.map((z) => z * z)));
    expect(rms).toBeGreaterThan(0.9);
    expect(rms).toBeLessThan(1.6);
    using paired = bound(linearPath(), "velocity", { antithetic: true });
    const both = await paired.run(null, { x, key, draws: 8 });
    expect(both.evaluations).toBe(256);
    expect(meanOf(both.standardError!)).toBeLessThan(meanOf(standardError!));
    expect((await compiled.run(null, { x, key })).standardError).toBeUndefined();
  });
});

/** E of the bound of an ancestral process with the best network, summed in float64. */
const byHand = (path: DiscretePath, variance: "fixedSmall" | "fixedLarge", value: number): number => {
  const squares = (alpha: number, sigma: number): number => {
    // x - x̂ = ((x - centre) sigma² - spread² alpha sigma ε) / variance of x_t.
    const total = alpha ** 2 * spread ** 2 + sigma ** 2;
    return (((value - centre) * sigma ** 2) / total) ** 2 + ((spread ** 2 * alpha * sigma) / total) ** 2;
  };
  const last = path.steps - 1;
  let sum = (value * path.alphaAt(last)) ** 2 / path.restAt(last) / 2;
  for (let i = last; i >= 0; i--) {
    const { ofData, logVariance, logVarianceLarge } = posterior(path, i);
    const own = variance === "fixedSmall" ? logVariance : logVarianceLarge;
    const error = squares(path.alphaAt(i), Math.sqrt(path.restAt(i)));
    const wider = own - logVariance;
    sum +=
      i === 0
        ? error / Math.exp(own) / 2 + (own + Math.log(2 * Math.PI)) / 2
        : (ofData ** 2 * error) / Math.exp(own) / 2 + (wider + Math.exp(-wider) - 1) / 2;
  }
  return sum;
};

const betas = Array.from({ length: 24 }, (_, i) => 0.002 + 0.02 * i);

describe("the bound of discrete steps", () => {
  test.each(["fixedSmall", "fixedLarge"] as const)("is the sum by hand, with variances %s", async (variance) => {
    const path = discretePath(betas);
    const wanted = values.map((value) => byHand(path, variance, value));
    for (const prediction of ["noise", "data", "v"] as const) {
      using compiled = discreteBound(best(path.on(device), prediction), {
        objective: { path, prediction, variance },
        device,
      });
      const { nats, terms, parts, evaluations } = await compiled.run(null, { x, key, draws: 4 });
      expect(Math.abs(surprise(wanted.map((value, i) => nats[i]! - value))), prediction).toBeLessThan(3.5);
      expect(terms).toHaveLength(24);
      expect(evaluations).toBe(4 * 24);
      for (const i of [0, 200, 399]) {
        expect(parts.prior[i]! + terms.reduce((sum, term) => sum + term[i]!, 0)).toBeCloseTo(nats[i]!, 9);
        expect(parts.reconstruction[i]).toBe(terms[0]![i]);
      }
    }
    // Above the entropy; the smaller variance comes nearer to it with more steps.
    const gap = (steps: number) => {
      const more = discretePath({ schedule: "linear", steps });
      const some = [...values.keys()].filter((i) => i % 8 === 4);
      return meanOf(some.map((i) => byHand(more, variance, values[i]!) - truth[i]!));
    };
    if (variance === "fixedSmall") expect(gap(100)).toBeGreaterThan(gap(1000));
    expect(gap(1000)).toBeGreaterThan(0);
  });

  test("on a path of one's own goes through its times with the same posteriors", async () => {
    const path = discretePath(betas);
    using own = discreteBound(best(path.on(device), "noise"), { objective: { path, prediction: "noise" }, device });
    // The same process on VP's own clock: times at which its alphas are those of the betas.
    const vp = vpPath();
    const times = betas.map((_, i) => vp.timeAt(Math.sqrt(path.restAt(i)) / path.alphaAt(i)));
    using other = discreteBound(best(vp, "noise"), {
      objective: { path: vp, prediction: "noise" },
      times: [0, ...times],
      device,
    });
    const [a, b] = [await own.run(null, { x, key }), await other.run(null, { x, key })];
    for (const [i, value] of a.nats.entries())
      expect(Math.abs(b.nats[i]! - value)).toBeLessThan(2e-3 * (1 + Math.abs(value)));
    expect(own.run).not.toBe(other.run);
    expect(b.card).toEqual({
      path: "vp",
      steps: 24,
      variance: "fixedLarge",
      clip: undefined,
      decoder: "gaussian",
      draws: 1,
    });
  });

  test("with a learned variance is DDPM's own loss on every step, in bits", async () => {
    const path = discretePath(betas);
    const data = device.tensor(
      Float32Array.from({ length: 4 * 2 * 3 * 3 }, (_, i) => ((37 * i) % 256) / 127.5 - 1),
      [4, 2, 3, 3],
    );
    // A network of twice the channels: noise, and where the variance lies.
    const wide = (at: Tensor, t: Tensor): Tensor =>
      concat([mul(at, 0.4).add(t.reshape([4, 1, 1, 1])), tanh(mul(at, 2))], 1) as Tensor;
    using compiled = discreteBound(wide, {
      objective: { path, prediction: "noise", variance: "learnedRange" },
      decoder: {},
      device,
    });
    const { terms, of } = await compiled.run(null, { x: data, key });
    expect(of).toBe("code length");
    const aim = objectiveOn(
      objective({ path, prediction: "noise", variance: "learnedRange", loss: "kl", density: uniform() }),
      device,
    );
    for (const step of [0, 1, 11, 23]) {
      const { foldIn } = random;
      const noise = normalBySample(
        foldIn(foldIn(key, 0), step),
        samplesFrom(device.tensor(Uint32Array.of(0), [], "u32"), 4),
        [2, 3, 3],
      );
      const t = device.tensor(Array.from({ length: 4 }, () => (step + 1) / 24));
      const bits = await loss(aim, wide, { x: data, noise, t }).data(device);
      for (const [i, value] of bits.entries())
        expect(Math.abs(terms[step]![i]! / (18 * Math.LN2) / value - 1), `step ${step}`).toBeLessThan(2e-5);
    }
  });

  test("keeps what the network takes for data within bounds", async () => {
    const path = discretePath(betas);
    const far = (at: Tensor): Tensor => mul(at, 0).add(50);
    const run = async (clip: readonly [number, number] | undefined) => {
      using compiled = discreteBound(far, { objective: { path, prediction: "data" }, ...(clip && { clip }), device });
      return meanOf((await compiled.run(null, { x, key })).parts.diffusion);
    };
    expect(await run([-1, 3])).toBeLessThan((await run(undefined)) / 100);
  });
});

describe("code lengths", () => {
  test("of all that x can be are those of a code: their probabilities sum to at most 1", async () => {
    const levels = { levels: 8, range: [0, 3] } as const;
    const every = Array.from({ length: 8 }, (_, i) => (3 * i) / 7);
    const all = device.tensor(every, [8, 1]);
    const path = cosinePath();
    const objective = { path, prediction: "velocity" } as const;
    // From noise of half a level on: a network that knows nothing of levels pays for all that it is asked below.
    const first = path.timeAt(0.15);
    const times = [0, ...Array.from({ length: 24 }, (_, i) => first + ((0.99 - first) * i) / 23)];
    const model = best(path, "velocity");
    using continuous = variationalBound(model, { objective, decoder: levels, ends: [first, 0.99], device });
    using discrete = discreteBound(model, { objective, decoder: levels, times, device });
    for (const compiled of [continuous, discrete]) {
      const result = await compiled.run(null, { x: all, key, draws: 48 });
      const sum = Array.from(result.nats).reduce((total, nats) => total + Math.exp(-nats), 0);
      expect(sum).toBeLessThan(1.05);
      expect(sum).toBeGreaterThan(0.3);
      expect(bitsPerDimension(result).unit).toBe("bits per dimension");
    }
  });
});

describe("a run", () => {
  const path = discretePath(betas);
  const makers = {
    continuous: () => bound(linearPath(), "velocity", { strata: 4 }),
    discrete: () => discreteBound(best(path.on(device), "noise"), { objective: { path, prediction: "noise" }, device }),
  };
  test.each(["continuous", "discrete"] as const)(
    "in %s: the same in any batch, and an abort leaves no buffers",
    async (kind) => {
      using compiled = makers[kind]();
      const whole = await compiled.run(null, { x, key, draws: 2 });
      const parts = await compiled.run(null, { x, key, draws: 2, batch: 150 });
      for (const [i, value] of whole.nats.entries())
        expect(Math.abs(parts.nats[i]! - value)).toBeLessThan(1e-4 * (1 + Math.abs(value)));
      const { buffers } = device.memory;
      const stop = new AbortController();
      const seen: number[] = [];
      const run = compiled.run(null, {
        ...{ x, key, batch: 150, signal: stop.signal },
        onStep: ({ evaluation, samples, of }) => {
          seen.push(evaluation);
          if (samples === 150 && evaluation === 2) stop.abort(new Error(`enough of ${of}`));
        },
      });
      await expect(run).rejects.toThrow("enough of 400");
      expect(seen.slice(-2)).toEqual([1, 2]);
      expect(device.memory.buffers).toBe(buffers);
    },
  );
});

describe("what makes no bound is named", () => {
  const still = (at: Tensor): Tensor => mul(at, 0);
  const linear = { objective: { path: linearPath(), prediction: "velocity" } };
  const refused = async (make: (...given: never[]) => unknown, options: object, run: object, right: RegExp) => {
    const attempt = (async () => {
      using compiled = make(still as never, { device, ...options } as never) as ReturnType<typeof discreteBound>;
      await compiled.run(null, { x, key, ...run } as never);
    })();
    await expect(attempt).rejects.toThrow(right);
    await expect(attempt).rejects.toMatchObject({ name: "DiffusionError" });
  };
  test.each<[string, (...given: never[]) => unknown, object, object, RegExp]>([
    ["no stratum", variationalBound, { strata: 0 }, {}, /strata is 0/],
    ["ends that fall", variationalBound, { ends: [0.9, 0.1] }, {}, /ends are \[0.9, 0.1\]/],
    [
      "a singular end",
      variationalBound,
      { ends: [0, 0.9] },
      {},
      /ends hold t = 0, where the linear path has sigma \/ alpha = 0/,
    ],
    ["the other", variationalBound, { ends: [0.1, 1] }, {}, /ends hold t = 1/],
    [
      "no levels",
      variationalBound,
      { decoder: { levels: 1 } },
      {},
      /decoder.levels is 1; it must be a whole number of at least 2/,
    ],
    [
      "another decoder",
      variationalBound,
      { decoder: "pixels" },
      {},
      /decoder is "pixels"; it must be one of "gaussian", "levels"/,
    ],
    [
      "levels that x has not",
      variationalBound,
      { decoder: {} },
      {},
      /x holds a number that is .* outside; all must be among 256 levels from -1 to 1/,
    ],
    ["no key", variationalBound, {}, { key: undefined }, /give a run its key/],
    ["no draw", variationalBound, {}, { draws: 0 }, /draws is 0/],
    [
      "tables without a device",
      variationalBound,
      { objective: { path: discretePath(), prediction: "noise" }, device: undefined },
      {},
      /reads tables; name a device/,
    ],
    ["no steps", discreteBound, linear, {}, /the linear path has no steps of its own/],
    ["steps and times", discreteBound, { ...linear, steps: 2, times: [0, 1] }, {}, /steps and times are given/],
    ["falling times", discreteBound, { ...linear, times: [1, 0.5] }, {}, /they rise/],
    [
      "a prediction without data",
      discreteBound,
      { objective: { path: linearPath(), prediction: "noise" }, steps: 3 },
      {},
      /noise at t = 1 on the linear path/,
    ],
    ["an unknown option", discreteBound, { ...linear, steps: 2, strata: 3 }, {}, /unknown key "strata"/],
    ["a clip that is none", discreteBound, { ...linear, steps: 2, clip: [1, 0] }, {}, /clip is/],
    ["no samples", variationalBound, {}, { x: undefined }, /x is undefined/],
  ])("%s", (_, make, options, run, right) => refused(make, options, run, right));

  test("a network that gives no number", async () => {
    using compiled = variationalBound((at: Tensor) => mul(at, Number.NaN), { device });
    await expect(compiled.run(null, { x, key })).rejects.toThrow(/the bound of sample 0 is NaN/);
  });
});
