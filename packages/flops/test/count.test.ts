import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  account,
  add,
  backward,
  byPart,
  type Convention,
  conventions,
  evaluations,
  FlopsError,
  flops,
  format,
  forward,
  macs,
  parameters,
  presets,
  sameConvention,
  sampling,
  scale,
  sixNDOf,
  training,
} from "../src/index.js";
import { anyConfig } from "./models.js";

const xl = presets["DiT-XL/2"];

describe("adding", () => {
  test("line by line, whatever the order", () => {
    const both = add(forward(xl), backward(xl));
    expect(both.total).toBe(forward(xl).total + backward(xl).total);
    expect(byPart(add(backward(xl), forward(xl)))).toEqual(byPart(both));
    expect(Object.values(byPart(both)).reduce((a, b) => a + b, 0)).toBe(both.total);
  });

  test("different conventions are refused, by both names", () => {
    expect(() => add(forward(xl), forward(xl, conventions.thop))).toThrow(/"exact" and "thop"/);
    expect(() => add(forward(xl), forward(xl, { ...conventions.exact, tokens: "all" }))).toThrow(FlopsError);
  });

  test("two names of one convention add", () => {
    expect(sameConvention(conventions.torch, conventions.exactFused)).toBe(true);
    expect(add(forward(xl, conventions.torch), forward(xl, conventions.exactFused)).total).toBe(2 * forward(xl).total);
  });

  test("a sample and a step do not add", () => {
    expect(() => add(forward(xl), scale(forward(xl), 256, "step"))).toThrow(/per sample and per step/);
  });
});

describe("units", () => {
  test("a multiply-accumulate is two FLOPs", () => {
    expect(flops(forward(xl, conventions.thop))).toBe(2 * forward(xl, conventions.thop).total);
    expect(macs(forward(xl))).toBe(forward(xl).total / 2);
  });

  test("charged elements have no other unit", () => {
    expect(() => flops(forward(xl, conventions.paper2023))).toThrow(/"paper2023" charges elements/);
    expect(() => macs(forward(xl, conventions.chinchilla))).toThrow(/no unit but flop/);
  });
});

describe("conventions", () => {
  test("paper2023 adds one operation per element of two norms a block", () => {
    expect(forward(xl, conventions.paper2023).total - macs(forward(xl))).toBe(2 * 28 * 256 * 1152);
  });

  test("chinchilla adds three operations per score and the one-hot look-up", () => {
    const extra = forward(xl, conventions.chinchilla).total - forward(xl).total;
    expect(extra).toBe(3 * 28 * 16 * 256 ** 2 + 2 * 1001 * 1152);
  });

  test("the estimates are their formulas", () => {
    const { trainable, nonEmbedding, withoutModulation } = parameters(xl);
    const train = (convention: Convention) => training(xl, convention).total.total;
    expect(train(conventions.sixND)).toBe(6 * trainable * 256);
    expect(train(sixNDOf("withoutModulation"))).toBe(6 * withoutModulation * 256);
    expect(train(conventions.palm)).toBe((6 * trainable + 12 * 28 * 1152 * 256) * 256);
    expect(train(conventions.kaplan)).toBe(3 * (2 * nonEmbedding + 2 * 28 * 256 * 1152) * 256);
  });

  test("6ND overstates adaLN-Zero by 1.4 to 1.5, and not once modulation is left out of N", () => {
    for (const name of ["DiT-S/2", "DiT-B/2", "DiT-L/2", "DiT-XL/2"] as const) {
      const { sixND, training: exact } = account(presets[name]);
      const ratio = Object.fromEntries(sixND.map((row) => [row.n, row.exactOverSixND]));
      expect(ratio.trainable).toBe(exact.total / (6 * parameters(presets[name]).trainable * 256));
      expect(1 / ratio.trainable!).toBeGreaterThan(1.38);
      expect(1 / ratio.trainable!).toBeLessThan(1.5);
      expect(Math.abs(ratio.withoutModulation! - 1)).toBeLessThan(0.12);
    }
  });

  test("contradictory fields are refused", () => {
    const charged: Convention = { ...conventions.paper2023, backward: "exact" };
    expect(() => forward(xl, charged)).toThrow(/its backward is "exact", not "threeTimes"/);
    expect(() => forward(xl, { ...conventions.sixND, unit: "mac" })).toThrow(/needs unit "flop"/);
  });

  test("exact backward lies between 1.9 and 2 of forward at scale, fused above it", () => {
    const ratio = (convention: Convention) => backward(xl, convention).total / forward(xl, convention).total;
    expect(ratio(conventions.exact)).toBeCloseTo(2, 3);
    expect(ratio(conventions.exact)).toBeLessThan(2);
    expect(ratio(conventions.exactFused)).toBeGreaterThan(2);
  });
});

test("block checkpointing repeats the blocks and nothing else", () => {
  fc.assert(
    fc.property(anyConfig, (config) => {
      const plain = training(config);
      const again = training(config, conventions.exact, "blocks");
      const outside = forward(config).lines.filter(({ path }) => !path.includes("blocks"));
      const repeated = again.recomputation.total + outside.reduce((n, { value }) => n + value, 0);
      expect(repeated).toBe(plain.forward.total);
      expect(again.total.total).toBe(plain.total.total + again.recomputation.total);
    }),
    { seed: 3 },
  );
});

describe("sampling", () => {
  test("50 guided steps of XL/2 by thop: the 11.44 TMACs of horseee/learning-to-cache issue 5", () => {
    const count = sampling(xl, { steps: 50, guided: 1 }, conventions.thop);
    expect(count.per).toBe("image");
    expect(count.total / 1e12).toBeCloseTo(11.4394, 4);
  });

  test("Heun evaluates twice a step but once in the last", () => {
    const once = forward(xl).total;
    expect(sampling(xl, { steps: 18, solver: "heun" }).total).toBe(35 * once);
    expect(sampling(xl, { steps: 10, guided: 0.5 }).total).toBe(15 * once);
    expect(() => sampling(xl, { steps: 0 })).toThrow(/steps is 0/);
    expect(() => sampling(xl, { steps: 1, guided: 2 })).toThrow(/guided is 2/);
  });

  test("a solver by its name or its record, from pure noise or not", () => {
    expect(evaluations({ steps: 10, solver: "dpmSolver" })).toBe(26);
    expect(evaluations({ steps: 10, solver: "dpmSolver", pureNoise: false })).toBe(28);
    expect(evaluations({ steps: 10, solver: { kind: "dpmSolver", order: 2 }, guided: 1 })).toBe(36);
    expect(evaluations({ steps: 10, solver: { kind: "heun", lastEuler: false } })).toBe(20);
    expect(evaluations({ steps: 10, solver: { kind: "heunSde", lastStep: "none" } })).toBe(20);
    expect(evaluations({ steps: 1, solver: "edmStochastic", pureNoise: false })).toBe(1);
    expect(evaluations({ steps: 10, solver: "dopri5" })).toBe(61);
    const wrong = (options: object) => () => evaluations({ steps: 2, ...options } as never);
    expect(wrong({ solver: "rk5" })).toThrow(/solver is "rk5"; it must be one of "euler", "heun"/);
    expect(wrong({ solver: { kind: "dpmSolver", order: 4 } })).toThrow("solver.order is 4; it must be 1, 2 or 3.");
    expect(wrong({ pureNoise: 1 })).toThrow(/pureNoise is 1/);
  });
});

test("the table names unit, convention and every N", () => {
  const text = format(account(xl));
  for (const piece of [
    'FLOPs per sample, convention "exact"',
    "237,242,843,136",
    "withoutModulation",
    "exact/6ND 0.687",
  ]) {
    expect(text).toContain(piece);
  }
});
