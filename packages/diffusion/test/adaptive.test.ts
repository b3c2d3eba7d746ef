import { createDevice, sin, type Tensor } from "@isoflop/tensor";
import { describe, expect, test } from "vitest";
import { controller } from "../src/control.js";
import { dopri5, linearPath, type SamplerOptions, sample, sampler, uniformTimes, vpPath } from "../src/index.js";
import { best, exact } from "./gaussian.js";

const device = await createDevice("wasm");
const start = [-1.5, -0.5, 0.25, 1, 2];
const normals = device.tensor(start, [5, 1]);
const velocity = { path: linearPath(), prediction: "velocity" } as const;

/** How a walk went: what it was off by, and its evaluations after each step. */
const walk = async (rtol: number, times: readonly number[] = [0.95, 0.05]) => {
  const path = vpPath();
  const evaluations: number[] = [];
  const visited: number[] = [];
  const out = await sample(best(path, "velocity"), {
    ...{ start: normals, times, solver: dopri5({ rtol, atol: rtol * 1e-2 }), device },
    objective: { path, prediction: "velocity" },
    onStep(state) {
      evaluations.push(state.evaluations);
      visited.push(state.t);
    },
  });
  const errors = Array.from(await out.data()).map((x, i) =>
    Math.abs(x - exact(path, start[i]!, times[0]!, times.at(-1)!)),
  );
  return { error: Math.max(...errors), evaluations, visited };
};

describe("Dormand and Prince's pair", () => {
  test("keeps to its tolerance with the fewer evaluations the looser it is", async () => {
    const [loose, fine, finest] = [await walk(1e-2), await walk(1e-3), await walk(1e-5)];
    expect(loose.error).toBeLessThan(2e-2);
    expect(fine.error).toBeLessThan(2e-3);
    expect(finest.error).toBeLessThan(3e-5);
    expect(loose.evaluations.at(-1)!).toBeLessThanOrEqual(fine.evaluations.at(-1)!);
    expect(fine.evaluations.at(-1)!).toBeLessThan(finest.evaluations.at(-1)!);
    expect(finest.evaluations.at(-1)!).toBeLessThan(400);
  });

  test("asks seven times until a step is taken, and then six: its last slope is the next one's first", async () => {
    const { evaluations, visited } = await walk(1e-3);
    expect(evaluations[0]! % 7).toBe(0);
    const more = evaluations.slice(1).map((count, i) => count - evaluations[i]!);
    for (const count of more) expect(count % 6).toBe(0);
    expect(visited.at(-1)).toBe(0.05);
  });

  test("ends at each of the times, and goes on there with the length that it had", async () => {
    const stops = uniformTimes(4).map((t) => 0.05 + 0.9 * t);
    const [straight, stopped] = [await walk(1e-4, [stops[0]!, stops.at(-1)!]), await walk(1e-4, stops)];
    for (const stop of stops.slice(1)) expect(stopped.visited).toContain(stop);
    expect(stopped.visited.length).toBeLessThan(straight.visited.length + 2 * stops.length);
  });

  /** dx/dt = -rate (x - cos t'), in time that falls from 1. */
  const stiff = (rate: number) => (x: Tensor, t: Tensor) => {
    const there = t.mul(-1).add(1);
    return x.sub(sin(there.reshape([5, 1]).mul(3))).mul(rate);
  };

  test("crosses a stiff field by rejecting steps, which leaves no memory behind and no wrong slope", async () => {
    using drawn = sampler((x: Tensor, t: Tensor, _: null) => stiff(100)(x, t), {
      objective: velocity,
      solver: dopri5(),
      device,
    });
    const { buffers } = device.memory;
    let [asked, steps] = [0, 0];
    const out = await drawn.run(null, {
      ...{ start: normals, times: [1, 0] },
      onStep: ({ evaluations, step }) => {
        [asked, steps] = [evaluations, step];
      },
    });
    // On the slow curve: sin 3s less its derivative over the rate.
    for (const x of await out.data()) expect(Math.abs(x - (Math.sin(3) - (3 * Math.cos(3)) / 100))).toBeLessThan(2e-3);
    expect(asked).toBeGreaterThan(6 * steps + 1);
    expect(asked).toBeLessThan(6 * steps * 1.5);
    out.dispose();
    expect(device.memory.buffers).toBe(buffers);
  });

  test("stops when it is told to, when it has tried enough, and where the field is no number", async () => {
    const how: SamplerOptions = { objective: velocity, solver: dopri5({ most: 20 }), device };
    using drawn = sampler((x: Tensor, t: Tensor, rate: Tensor) => stiff(1)(x, t).mul(rate), how);
    const [mild, wild, none] = [1, 3000, Number.NaN].map((rate) => device.tensor([rate]));
    const { buffers } = device.memory;
    const stop = new AbortController();
    const halt = drawn.run(mild!, {
      ...{ start: normals, times: [1, 0], signal: stop.signal },
      onStep: () => stop.abort(new Error("enough")),
    });
    await expect(halt).rejects.toThrow("enough");
    await expect(drawn.run(wild!, { start: normals, times: [1, 0] })).rejects.toThrow(
      /dopri5 has tried 20 steps and is at t = 0\.\d+; loosen its tolerances, or raise `most`/,
    );
    await expect(drawn.run(none!, { start: normals, times: [1, 0] })).rejects.toThrow(
      /dopri5 has tried \d+ steps and is at t = 1; no step from there is short enough: the model gives NaN or infinity/,
    );
    expect(device.memory.buffers).toBe(buffers);
  });
});

describe("the controller", () => {
  test("refuses errors above 1 and what is no number, and then does not lengthen at once", () => {
    const { judge } = controller({ order: 5 });
    expect(judge(Number.NaN)).toEqual({ accept: false, factor: 0.2 });
    expect(judge(32).accept).toBe(false);
    expect(judge(1e9)).toEqual({ accept: false, factor: 0.2 });
    expect(judge(1e-9)).toEqual({ accept: true, factor: 1 });
    expect(judge(0)).toEqual({ accept: true, factor: 10 });
  });

  test("settles where an error of a fifth order is just below 1", () => {
    const { judge } = controller({ order: 5 });
    let length = 1e-3;
    for (let i = 0; i < 30; i++) length *= judge(length ** 5).factor;
    expect(length).toBeGreaterThan(0.8);
    expect(length).toBeLessThan(1);
  });
});
