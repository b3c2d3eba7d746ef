import { concat, createDevice, random, type Tensor } from "@isoflop/tensor";
import { describe, expect, test, vi } from "vitest";
import {
  autoguidance,
  classifierFreeGuidance,
  convert,
  cosinePath,
  defineStep,
  edmPath,
  euler,
  heun,
  linearPath,
  logitNormal,
  objective,
  type Path,
  type Prediction,
  predictions,
  type Solver,
  sample,
  sampler,
  uniformTimes,
  vpPath,
} from "../src/index.js";
import { best, centre, exact, spread } from "./gaussian.js";

const device = await createDevice("wasm");

const noise = device.tensor([-1.5, -0.5, 0.25, 1, 2], [5, 1]);
const start = [-1.5, -0.5, 0.25, 1, 2];

const run = async (path: Path, prediction: Prediction, solver: Solver, times: readonly number[]) => {
  const aim = objective({ path, prediction, density: logitNormal() });
  const out = await sample(best(path, prediction), { start: noise, times, solver, objective: aim, device });
  return Array.from(await out.data());
};

const error = async (path: Path, solver: Solver, steps: number): Promise<number> => {
  const times = uniformTimes(steps).map((t) => 0.1 + 0.8 * t);
  const out = await run(path, "velocity", solver, times);
  return Math.max(...out.map((x, i) => Math.abs(x - exact(path, start[i]!, 0.9, 0.1))));
};

describe("solvers follow the exact flow of Gaussian data", () => {
  test.each([linearPath(), cosinePath(), vpPath()].map((path) => [path.name, path] as const))(
    "on the %s path",
    async (_, path) => {
      const [coarse, fine] = [await error(path, euler(), 32), await error(path, euler(), 64)];
      expect(coarse / fine).toBeGreaterThan(1.7);
      expect(coarse / fine).toBeLessThan(2.4);
      const [rough, better] = [await error(path, heun(), 16), await error(path, heun(), 32)];
      expect(rough / better).toBeGreaterThan(3);
      expect(better).toBeLessThan(await error(path, euler(), 32));
    },
  );

  test("from noise to data, in distribution", async () => {
    const out = await run(linearPath(), "velocity", heun(), uniformTimes(64));
    for (const [i, x] of out.entries()) expect(x).toBeCloseTo(centre + spread * start[i]!, 2);
  });

  test("to the same sample whatever is predicted", async () => {
    const times = uniformTimes(12).map((t) => 0.05 + 0.9 * t);
    for (const path of [linearPath(), cosinePath(), vpPath()]) {
      const wanted = await run(path, "velocity", heun(), times);
      for (const prediction of predictions) {
        const out = await run(path, prediction, heun(), times);
        for (const [i, x] of out.entries())
          expect(Math.abs(x - wanted[i]!), `${path.name} ${prediction}`).toBeLessThan(2e-4);
      }
    }
  });
});

describe("the driver", () => {
  const still = (x: Tensor): Tensor => x.mul(0);

  test("calls back after every step with where it is", async () => {
    const seen: number[][] = [];
    const out = await sample(still, {
      ...{ noise, steps: 4, device },
      onStep: async ({ step, steps, t, x }) => {
        seen.push([step, steps, t, (await x.data())[0]!]);
      },
    });
    expect(seen).toEqual([
      [1, 4, 0.75, -1.5],
      [2, 4, 0.5, -1.5],
      [3, 4, 0.25, -1.5],
      [4, 4, 0, -1.5],
    ]);
    expect(await out.data()).toEqual(await noise.data());
  });

  test("stops between steps when it is told to", async () => {
    const stop = new AbortController();
    const steps = vi.fn(({ step }: { step: number }) => {
      if (step === 2) stop.abort(new Error("enough"));
    });
    const { buffers } = device.memory;
    await expect(sample(still, { noise, device, onStep: steps, signal: stop.signal })).rejects.toThrow("enough");
    expect(steps).toHaveBeenCalledTimes(2);
    expect(device.memory.buffers).toBe(buffers);
  });

  test("compiles once for any parameters, times and noise, and keeps no memory", async () => {
    const traced = vi.fn((x: Tensor, _t: Tensor, { scale }: { scale: Tensor }) => x.mul(scale));
    const drawn = sampler(traced, { solver: euler() });
    const once = async (value: number, steps: number) => {
      const inputs = { scale: device.tensor([value]) };
      const out = await drawn.run(inputs, { noise, steps });
      const [first] = await out.data();
      inputs.scale.dispose();
      out.dispose();
      return first!;
    };
    // x' = s x in one Euler step from 1 to 0: x (1 - s).
    expect(await once(0.5, 1)).toBeCloseTo(-0.75, 6);
    const before = device.memory;
    expect(await once(2, 1)).toBeCloseTo(1.5, 6);
    expect(await once(1, 2)).toBeCloseTo(-1.5 / 4, 6);
    expect(traced).toHaveBeenCalledTimes(1);
    expect(device.memory.buffers).toBe(before.buffers);
    drawn.dispose();
  });

  test("refuses times at which the prediction gives no velocity", async () => {
    const aim = objective({ path: linearPath(), prediction: "noise", density: logitNormal() });
    await expect(sample(still, { noise, device, objective: aim })).rejects.toThrow(/noise at t = 1 on the linear path/);
    const data = { ...aim, prediction: "data" as const };
    // Data is singular at 0 alone, which the last step, Euler's, does not look at.
    await expect(sample(still, { noise, device, objective: data, solver: heun(), steps: 2 })).resolves.toBeDefined();
  });

  test("names steps and times that do not fit", async () => {
    await expect(sample(still, { noise, device, steps: 0 })).rejects.toThrow(/steps is 0/);
    await expect(sample(still, { noise, device, times: [1, 0, 0.5] })).rejects.toThrow(/times are \[1, 0, 0.5\]/);
    await expect(sample(still, { noise, device, times: [0, 1] })).rejects.toThrow("give the data as `start`");
    await expect(sample(still, { noise, start: noise, device })).rejects.toThrow("noise and start are given");
    await expect(sample(still, { noise, device, batch: 0 })).rejects.toThrow(/batch is 0/);
    await expect(sample(still, { noise, device, clip: [1, 1] })).rejects.toThrow(/clip is/);
    await expect(sample(still, { noise, device, times: [1] })).rejects.toThrow(/at least two/);
  });

  test("in parts it gives what it gives at once, each part with its own inputs, and leaves nothing behind", async () => {
    const drawn = sampler((x: Tensor, _: Tensor, { scale }: { scale: Tensor }) => x.mul(scale), { device });
    const scales = device.tensor([0.1, 0.2, 0.3, 0.4, 0.5], [5, 1]);
    const { buffers } = device.memory;
    const whole = await drawn.run({ scale: scales }, { noise, steps: 3 });
    const given: Tensor[] = [];
    const some = (start: number, count: number) => {
      const scale = device.tensor([0.1, 0.2, 0.3, 0.4, 0.5].slice(start, start + count), [count, 1]);
      given.push(scale);
      return { scale };
    };
    const parts = await drawn.run(some, { noise, steps: 3, batch: 2 });
    expect(await parts.data()).toEqual(await whole.data());
    for (const tensor of [whole, parts, ...given]) tensor.dispose();
    expect(device.memory.buffers).toBe(buffers);
    drawn.dispose();
  });

  test("adds the same noise to a sample however many are drawn at once, by key", async () => {
    const step = defineStep({
      ...{ reads: "velocity", times: () => [], numbers: () => ({}), draws: 2 },
      advance: ({ x, noise: [a, b] }) => ({ x: x.add(a!).add(b!.mul(10)) }),
    });
    const solver: Solver = { name: "random walk", step: () => step };
    const many = device.tensor(new Float32Array(150), [75, 2]);
    const walk = async (options: { readonly batch?: number; readonly seed?: number }) => {
      const key = random.key(options.seed ?? 1);
      const { seed: _, ...rest } = options;
      return (await sample(still, { noise: many, steps: 3, solver, key, device, ...rest })).data();
    };
    const whole = await walk({});
    expect(await walk({ batch: 7 })).toEqual(whole);
    expect(await walk({ batch: 64 })).toEqual(whole);
    expect(await walk({ seed: 2 })).not.toEqual(whole);
    expect(new Set(whole).size).toBe(150);
    const square = Array.from(whole).reduce((sum, x) => sum + x * x, 0) / 150;
    // Three steps of variance 101; a relative standard error of sqrt(2 / 150).
    expect(Math.abs(square / 303 - 1)).toBeLessThan(4 * Math.sqrt(2 / 150));
    await expect(sample(still, { noise: many, steps: 3, solver, device })).rejects.toThrow(
      "random walk draws noise; give a run its key",
    );
  });

  test("back from data to noise it undoes what it did, and noise is scaled by the path", async () => {
    const path = cosinePath();
    const times = uniformTimes(200).map((t) => 0.1 + 0.8 * t);
    const aim = objective({ path, prediction: "velocity", density: logitNormal() });
    const model = best(path, "velocity");
    const there = await sample(model, { start: noise, times, solver: heun(), objective: aim, device });
    const back = [...times].reverse();
    const again = await sample(model, { start: there, times: back, solver: heun(), objective: aim, device });
    for (const [i, x] of (await again.data()).entries()) expect(x).toBeCloseTo(start[i]!, 3);
    const wide = { path: edmPath({ sigmaMax: 40 }), prediction: "velocity" } as const;
    const once = await sample(still, { noise, steps: 1, objective: wide, device });
    for (const [i, x] of (await once.data()).entries()) expect(x).toBeCloseTo(40 * start[i]!, 4);
  });

  test("keeps data within bounds where it is told to", async () => {
    // The network takes every sample for 3 at data; within [-1, 1] it is 1, which one step of Euler reaches.
    const sure = (x: Tensor, _: Tensor) => x.mul(0).add(3);
    const aim = { path: linearPath(), prediction: "data" } as const;
    const out = await sample(sure, { start: noise, times: [0.9, 0], clip: [-1, 1], objective: aim, device });
    for (const x of await out.data()) expect(x).toBeCloseTo(1, 6);
  });

  test("shifted times stay falling from 1 to 0", () => {
    expect(uniformTimes(2, 3)).toEqual([1, 0.75, 0]);
    expect(uniformTimes(4)).toEqual([1, 0.75, 0.5, 0.25, 0]);
  });
});

describe("guidance", () => {
  /** A network that says its condition at every pixel. */
  const echo = (x: Tensor, _: Tensor, condition: Tensor): Tensor => x.mul(0).add(condition);
  const [condition, unconditional] = [device.tensor([3, 4], [2, 1]), device.tensor([1, 1], [2, 1])];
  const x = device.tensor([0, 0, 0, 0], [2, 2]);
  const guide = async (options: Parameters<typeof classifierFreeGuidance>[1], t: readonly number[] = [0.5, 0.5]) =>
    Array.from(await classifierFreeGuidance(echo, options)(x, device.tensor(t), { condition, unconditional }).data());

  test("is u + s (c - u)", async () => {
    expect(await guide({ scale: 1 })).toEqual([3, 3, 4, 4]);
    expect(await guide({ scale: 0 })).toEqual([1, 1, 1, 1]);
    expect(await guide({ scale: 2.5 })).toEqual([6, 6, 8.5, 8.5]);
    expect(await guide({ scale: device.tensor([2], []) })).toEqual([5, 5, 7, 7]);
  });

  test("acts inside its interval, sample by sample", async () => {
    expect(await guide({ scale: 2, interval: [0.1, 0.6] }, [0.5, 0.7])).toEqual([5, 5, 4, 4]);
    expect(await guide({ scale: 2, interval: [0.1, 0.6] }, [0.05, 0.6])).toEqual([3, 3, 7, 7]);
  });

  test("guides the first channels alone where it is told to, and what is learned of the variance follows the condition", async () => {
    /** A network with two channels of prediction and two of variance, all its condition. */
    const echoed = (y: Tensor, _: Tensor, label: Tensor): Tensor =>
      y
        .mul(0)
        .add(label.reshape([y.shape[0]!, 1]))
        .reshape([y.shape[0]!, 2]);
    const four = (y: Tensor, t: Tensor, label: Tensor): Tensor => concat([echoed(y, t, label), echoed(y, t, label)], 1);
    const t = device.tensor([0.5, 0.5]);
    const told = { condition, unconditional };
    const one = classifierFreeGuidance(echoed, { scale: 3, channels: 1 })(x, t, told);
    expect(Array.from(await one.data())).toEqual([7, 3, 10, 4]);
    const learned = classifierFreeGuidance(four, { scale: 3 })(x, t, told);
    expect(Array.from(await learned.data())).toEqual([7, 7, 3, 3, 10, 10, 4, 4]);
    const official = classifierFreeGuidance(four, { scale: 3, channels: 1, interval: [0, 0.6] })(x, t, told);
    expect(Array.from(await official.data())).toEqual([7, 3, 3, 3, 10, 4, 4, 4]);
    expect(() => classifierFreeGuidance(echoed, { scale: 3, channels: 3 })(x, t, told)).toThrow(
      "channels is 3; x [2, 2] has 2.",
    );
    for (const channels of [0, 1.5])
      expect(() => classifierFreeGuidance(echoed, { scale: 3, channels })).toThrow(`channels is ${channels}`);
  });

  test("by a weaker network leads away from it", async () => {
    const guided = autoguidance(echo, (y: Tensor, _: Tensor, { level }: { level: Tensor }) => y.mul(0).add(level), {
      ...{ scale: 2, interval: [0.4, 1] },
    });
    const inputs = { inputs: condition, weaker: { level: device.tensor([2, 2], [2, 1]) } };
    expect(Array.from(await guided(x, device.tensor([0.5, 0.3]), inputs).data())).toEqual([4, 4, 4, 4]);
    expect(Array.from(await guided(x, device.tensor([0.5, 0.5]), inputs).data())).toEqual([4, 4, 6, 6]);
    const wrong = autoguidance(echo, (y: Tensor) => y.slice([0]) as Tensor, { scale: 2 });
    expect(() => wrong(x, device.tensor([0.5, 0.5]), inputs as never)).toThrow(/the model gives f32 \[1, 2\]/);
    expect(() => autoguidance(echo, echo, { scale: Number.NaN })).toThrow("autoguidance: scale is NaN");
  });

  test("asks the network once, with both conditions", () => {
    const network = vi.fn(echo);
    classifierFreeGuidance(network, { scale: 2 })(x, device.tensor([0.5, 0.5]), { condition, unconditional });
    expect(network.mock.calls.map((operands) => operands.map(({ shape }) => shape))).toEqual([[[4, 2], [4], [4, 1]]]);
  });

  test("takes a condition of several tensors, leaf by leaf", async () => {
    type Told = { readonly tokens: Tensor; readonly more: { readonly lengths: Tensor } };
    const network = vi.fn((y: Tensor, _: Tensor, { tokens, more }: Told) =>
      y.mul(0).add(tokens).add(more.lengths.cast("f32")),
    );
    const lengths = (...values: number[]) => ({ lengths: device.tensor(Int32Array.from(values), [2, 1]) });
    const guided = classifierFreeGuidance(network, { scale: 2 });
    const told = { tokens: condition, more: lengths(1, 2) };
    const t = device.tensor([0.5, 0.5]);
    const out = guided(x, t, { condition: told, unconditional: { tokens: unconditional, more: lengths(0, 0) } });
    expect(Array.from(await out.data())).toEqual([7, 7, 11, 11]);
    expect(network.mock.calls[0]![2].more.lengths.shape).toEqual([4, 1]);
    const short = { tokens: unconditional, more: { lengths: device.tensor(Int32Array.of(1), [1, 1]) } };
    expect(() => guided(x, t, { condition: told, unconditional: short })).toThrow(
      "unconditional is { more.lengths: [1, 1], tokens: [2, 1] }; condition is { more.lengths: [2, 1], tokens: [2, 1] } and takes the same.",
    );
  });

  test("is the same in every prediction", async () => {
    const path = linearPath();
    const t = device.tensor([0.3]);
    const xt = random.normal(random.key(1), [1, 4]);
    const says = (prediction: Prediction) => (y: Tensor, _: Tensor, label: Tensor) =>
      convert(path, { from: "data", to: prediction }, y.mul(0).add(label), y, y.mul(0).add(0.3));
    const inputs = { condition: device.tensor([2], [1, 1]), unconditional: device.tensor([-1], [1, 1]) };
    for (const prediction of predictions) {
      const guided = classifierFreeGuidance(says(prediction), { scale: 3 })(xt, t, inputs);
      const data = convert(path, { from: prediction, to: "data" }, guided, xt, t);
      for (const value of await data.data(device)) expect(value).toBeCloseTo(8, 3);
    }
  });

  test("names what does not fit", () => {
    const short = device.tensor([1], [1, 1]);
    const guided = classifierFreeGuidance(echo, { scale: 2 });
    expect(() => guided(x, device.tensor([0.5, 0.5]), { condition, unconditional: short })).toThrow(
      /unconditional is \[1, 1\]/,
    );
    expect(() => classifierFreeGuidance(echo, { scale: 2, interval: [0.5, 0.2] })).toThrow(/interval is \[0.5, 0.2\]/);
  });
});
