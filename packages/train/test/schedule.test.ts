import { kind, positive } from "@isoflop/spec";
import fc from "fast-check";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { TrainError } from "../src/errors.js";
import { scheduleFactor, scheduleFactors, schedules } from "../src/schedule.js";
import { trainSpec } from "../src/spec.js";
import { learningRateAt } from "../src/step-metrics.js";
import { tinySpec } from "./tiny.js";

const factors = (schedule: Parameters<typeof scheduleFactor>[0], steps: number): number[] =>
  Array.from({ length: steps }, (_, step) => scheduleFactor(schedule, step, steps));

describe("scheduleFactors", () => {
  it("reads a schedule once for a whole run, and says of every step what scheduleFactor says", () => {
    let built = 0;
    const build = () => {
      built++;
      return (left: number) => left;
    };
    const counted = kind({ name: "counted", about: "counts", options: {}, build });
    schedules.add(counted);
    const schedule = { warmup: 0.2, shape: "counted" as never, decay: 0.5 };
    const of = scheduleFactors(schedule, 40);
    const all = Array.from({ length: 40 }, (_, step) => of(step));
    expect(built).toBe(1);
    expect(all).toEqual(factors(schedule, 40));
    for (const step of [-1, 40, 1.5, Number.NaN]) expect(() => of(step)).toThrow(/step is/);
  });

  it("a training run asks for its rates so: one reading, whatever the number of steps", () => {
    let reads = 0;
    const spec = trainSpec(tinySpec());
    const { optimizer } = spec;
    const get = () => {
      reads++;
      return optimizer;
    };
    const watched = Object.defineProperty({ ...spec }, "optimizer", { get });
    const steps = [0, 1, 2, 1];
    const rates = steps.map((step) => learningRateAt(watched, step));
    expect(rates).toEqual(steps.map((step) => optimizer.learningRate * scheduleFactor(optimizer, step, spec.steps)));
    // Once for the schedule, and each time for the peak.
    expect(reads).toBe(1 + steps.length);
  });
});

describe("scheduleFactor", () => {
  it("rises, stays at 1 and falls linearly, by whole steps", () => {
    const expected = [1 / 3, 2 / 3, 1, 1, 1, 1, 1, 3 / 4, 2 / 4, 1 / 4];
    const got = factors({ warmup: 0.2, shape: "linear", decay: 0.3 }, 10);
    for (const [i, factor] of got.entries()) expect(factor).toBeCloseTo(expected[i]!, 12);
  });

  it("falls along a half cosine", () => {
    const got = factors({ warmup: 0, shape: "cosine", decay: 1 }, 4);
    const expected = [4, 3, 2, 1].map((left) => (1 - Math.cos((Math.PI * left) / 5)) / 2);
    for (const [i, factor] of got.entries()) expect(factor).toBeCloseTo(expected[i]!, 12);
  });

  it("inverseSqrt: is 1 up to its reference, then falls as 1 / √(t / t_ref), arXiv 2312.02696, equation 67", () => {
    const edm2 = (reference: number) => (_: number, step: number) => 1 / Math.sqrt(Math.max((step + 1) / reference, 1));
    const close = (got: readonly number[], expected: readonly number[]) => {
      for (const [i, factor] of got.entries()) expect(factor, `step ${i}`).toBeCloseTo(expected[i]!, 12);
    };
    const all = Array.from({ length: 40 }, () => 1);
    close(factors({ warmup: 0, shape: "inverseSqrt", decay: 0.75 }, 40), all.map(edm2(10)));
    // One reference for runs of every length, from the whole run or from a part in which it lies.
    const shape = { kind: "inverseSqrt", from: 20 } as const;
    for (const decay of [1, 0.75, 0.5]) close(factors({ warmup: 0, shape, decay }, 40), all.map(edm2(20)));
    close(factors({ warmup: 0, shape: { ...shape, from: 50 }, decay: 1 }, 40), all);
    // A fall that begins after the reference is continuous, from where it begins.
    close(factors({ warmup: 0, shape, decay: 0.25 }, 40), all.map(edm2(30)));
    // Without a plateau it is 1 / √t.
    close(factors({ warmup: 0, shape: "inverseSqrt", decay: 1 }, 40), all.map(edm2(1)));
  });

  it("inverseSqrt: the same run, gone on with, keeps the rates that it had", () => {
    const at = (steps: number) => factors({ warmup: 0, shape: { kind: "inverseSqrt", from: 10 }, decay: 1 }, steps);
    expect(at(80).slice(0, 40)).toEqual(at(40));
  });

  it("is 1 throughout without warm-up or decay", () => {
    expect(factors({ warmup: 0, shape: "constant", decay: 0.5 }, 5)).toEqual([1, 1, 1, 1, 1]);
  });

  const plain = { warmup: 0.1, shape: "linear", decay: 0.2 } as const;
  it.each<[name: string, call: () => number, message: string]>([
    ["a warm-up that is NaN", () => scheduleFactor({ ...plain, warmup: Number.NaN }, 0, 10), "schedule.warmup is NaN"],
    ["a decay below 0", () => scheduleFactor({ ...plain, decay: -0.1 }, 0, 10), "schedule.decay is -0.1"],
    [
      "a shape of another name",
      () => scheduleFactor({ ...plain, shape: "cos" as never }, 0, 10),
      'one of "constant", "linear", "cosine", "inverseSqrt"',
    ],
    [
      "a reference of no steps",
      () => scheduleFactor({ ...plain, shape: { kind: "inverseSqrt", from: 0 } }, 0, 10),
      "schedule.shape.from is 0; it must be a whole number of at least 1",
    ],
    [
      "a reference that is a share",
      () => scheduleFactor({ ...plain, shape: { kind: "inverseSqrt", from: 0.3 } }, 0, 10),
      "schedule.shape.from is 0.3",
    ],
    ["to fall by steps that are not said", () => schedules.build("inverseSqrt")(0.5), "pass { steps, start }"],
    ["more than the run", () => scheduleFactor({ ...plain, warmup: 0.9 }, 0, 10), "together they must be at most 1"],
    [
      "half a step",
      () => scheduleFactor(plain, 1.5, 10),
      "step is 1.5; it must be a whole number of at least 0 and of at most 9",
    ],
    ["a step after the last", () => scheduleFactor(plain, 10, 10), "step is 10"],
    ["a run of no steps", () => scheduleFactor(plain, 0, 0), "steps is 0; it must be a whole number of at least 1"],
  ])("refuses %s", (_, call, message) => {
    expect(call).toThrow(TrainError);
    expect(call).toThrow(message);
  });

  it("wastes no step, never exceeds the peak, and turns once", () => {
    const share = fc.double({ min: 0, max: 0.5, noNaN: true });
    fc.assert(
      fc.property(
        share,
        share,
        fc.integer({ min: 1, max: 300 }),
        fc.constantFrom("linear", "cosine", "inverseSqrt"),
        (w, d, n, shape) => {
          const all = factors({ warmup: w, decay: d, shape }, n);
          expect(all.every((factor) => factor > 0 && factor <= 1)).toBe(true);
          const falls = all.slice(1).map((factor, i) => factor < all[i]!);
          const firstFall = falls.indexOf(true);
          if (firstFall >= 0) expect(falls.slice(firstFall).every(Boolean)).toBe(true);
        },
      ),
    );
  });
});

describe("a schedule from outside", () => {
  schedules.add(
    kind({
      name: "power",
      options: { exponent: v.optional(positive, 2) },
      build:
        ({ exponent }) =>
        (left) =>
          left ** exponent,
    }),
  );

  it("falls by its own factor, and has its name alone where its options have their defaults", () => {
    const got = factors({ warmup: 0, shape: { kind: "power", exponent: 3 }, decay: 1 }, 4);
    expect(got).toEqual([4, 3, 2, 1].map((left) => (left / 5) ** 3));
    const shapeOf = (shape: object | string) =>
      trainSpec(tinySpec({ optimizer: { shape: shape as "linear" } })).optimizer.shape;
    expect(shapeOf({ kind: "power" })).toBe("power");
    expect(shapeOf({ kind: "power", exponent: 3 })).toEqual({ kind: "power", exponent: 3 });
    expect(shapeOf({ kind: "cosine" })).toBe("cosine");
  });

  it("is refused where it gives no factor", () => {
    schedules.add(kind({ name: "rising", options: {}, build: () => (left) => -left }));
    expect(() => factors({ warmup: 0, shape: "rising", decay: 1 }, 3)).toThrow(
      'schedule "rising" gives -0.75 where 0.75 is left; it must be a finite number of at least 0',
    );
  });
});
