import { createDevice, max, min, random, type Tensor, tanh } from "@isoflop/tensor";
import { describe, expect, test } from "vitest";
import {
  type Conversion,
  convert,
  cosinePath,
  cosmap,
  defineStep,
  draws,
  euler,
  heun,
  linearPath,
  logitNormal,
  mode,
  predictions,
  type Solver,
  type StepPlace,
  sample,
  shifted,
  stratified,
  type TimestepDensity,
  uniform,
  vpPath,
} from "../src/index.js";
import { within } from "../src/stratified.js";

const device = await createDevice("wasm");
const largest = 1 - 2 ** -24;

describe.each(["reference", "wasm"] as const)("times lie strictly inside 0..1 on %s", (kind) => {
  const densities: readonly TimestepDensity[] = [
    ...[uniform(), mode(), cosmap(), shifted(uniform(), 3), shifted(mode({ scale: -1 }), 0.1)],
    ...[logitNormal(), logitNormal({ std: 8 }), logitNormal({ std: 40 }), logitNormal({ mean: 30, std: 1 })],
  ];
  test.each(densities.map((density) => [density.name, density] as const))("%s", async (_, density) => {
    using on = await createDevice(kind, { wasm: { threads: 1 } });
    for (const [n, seed] of [
      [1, 0],
      [1024, 1],
      [20_000, 2],
    ] as const)
      for (const times of [stratified(density, n, random.key(seed)), draws(density, n, random.key(seed))]) {
        expect(await min(times).item(on)).toBeGreaterThan(0);
        expect(await max(times).item(on)).toBeLessThan(1);
      }
    // The smallest, the largest, and one that rounding has taken onto the end.
    const ends = await within(density, on.tensor([2 ** -40, 1 - 2 ** -24, 1])).data();
    expect(ends.every((t) => t > 0 && t < 1)).toBe(true);
  });

  test("a stream whose last part rounds up to 1", async () => {
    using on = await createDevice(kind, { wasm: { threads: 1 } });
    const keys = random.split(on.tensor(Uint32Array.of(7, 13), [2]), 512);
    const times = (await stratified(uniform(), 1024, keys[243]!).data()) as Float32Array;
    expect(times.at(-1)).toBe(largest);
    expect(times.every((t, i) => t >= i / 1024 - 2 ** -24 && t <= (i + 1) / 1024)).toBe(true);
  });
});

test("a uniform draw that rounds up to 1 is the largest number below it", async () => {
  const times = draws(uniform(), 4_000_000, random.key(0));
  expect(await max(times).item(device)).toBe(largest);
  expect(await min(times).item(device)).toBeGreaterThan(0);
});

describe("conversions near noise", () => {
  const paths = [linearPath(), cosinePath(), vpPath()];
  const relative = (value: number, wanted: number): number => Math.abs(value / wanted - 1);

  test("have f32's digits where the time is a number", async () => {
    const pair: Conversion = { from: "score", to: "velocity" };
    for (const path of paths) {
      const exact = convert(path, pair, 1, 0, 0.999);
      const onDevice = await convert(path, pair, device.tensor([1]), device.tensor([0]), 0.999).item();
      expect(relative(onDevice, exact), path.name).toBeLessThan(6e-8);
    }
  });

  test("have those that the rounding of a time leaves where it is a tensor", async () => {
    for (const path of paths)
      for (const from of predictions)
        for (const to of predictions) {
          const t = Math.fround(0.999);
          const exact = [convert(path, { from, to }, 1, 0, t), convert(path, { from, to }, 0, 1, t)];
          const values = [device.tensor([1, 0]), device.tensor([0, 1]), device.tensor([t])] as const;
          const onDevice = await convert(path, { from, to }, ...values).data();
          for (const [i, value] of onDevice.entries())
            if (Math.abs(exact[i]!) > 1e-9)
              expect(relative(value, exact[i]!), `${path.name} ${from} ${to}`).toBeLessThan(2e-6);
        }
  });
});

describe("a sampler's coefficients are the host's", () => {
  const start = [-1.5, -0.5, 0.25, 1, 2];
  const noise = device.tensor(start, [5, 1]);
  /** SiT's 0.001 .. 0.999. */
  const times = Array.from({ length: 21 }, (_, i) => 1 - (0.001 + (0.998 * i) / 20));
  const objective = { path: linearPath(), prediction: "score" } as const;
  const network = (x: Tensor, t: Tensor): Tensor => tanh(x.add(t.reshape([5, 1])));
  const velocity = (x: number, t: number): number =>
    convert(objective.path, { from: "score", to: "velocity" }, Math.tanh(x + t), x, t);

  const midpointStep = defineStep({
    reads: "velocity",
    times: ({ from, to }) => [from.t, (from.t + to.t) / 2],
    numbers: ({ from, to }) => ({ h: to.t - from.t }),
    advance: ({ x, ask, numbers: { h } }) => ({ x: x.add(ask(x.add(ask(x, 0).mul(h).mul(0.5)), 1).mul(h)) }),
  });
  const midpoint = (): Solver => ({ name: "midpoint", step: () => midpointStep });

  test.each<[Solver, (x: number, from: number, to: number, last: boolean) => number]>([
    [euler(), (x, a, b) => x + (b - a) * velocity(x, a)],
    [
      heun(),
      (x, a, b, last) => {
        const first = x + (b - a) * velocity(x, a);
        return last ? first : x + ((b - a) / 2) * (velocity(x, a) + velocity(first, b));
      },
    ],
    [midpoint(), (x, a, b) => x + (b - a) * velocity(x + ((b - a) / 2) * velocity(x, a), (a + b) / 2)],
  ])(
    "$name follows the same steps in float64 from t = 0.999, where 1 / (1 - t) multiplies all",
    async (solver, step) => {
      const out = await (await sample(network, { start: noise, times, solver, objective })).data();
      const wanted = start.map((x) =>
        times.slice(1).reduce((state, to, i) => step(state, times[i]!, to, i === times.length - 2), x),
      );
      const peak = wanted.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
      expect(peak).toBeGreaterThan(1000);
      for (const [i, x] of out.entries()) expect(Math.abs(x - wanted[i]!) / peak).toBeLessThan(5e-7);
    },
  );

  test("a solver that asks at a time it has not named is refused", async () => {
    const step = { ...midpointStep, times: ({ from }: StepPlace) => [from.t] };
    const wrong: Solver = { name: "mine", step: () => step };
    await expect(sample(network, { start: noise, times, solver: wrong, objective })).rejects.toThrow(
      "mine asks the network at its time 1; its step names 1",
    );
  });
});
