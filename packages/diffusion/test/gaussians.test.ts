import { createDevice } from "@isoflop/tensor";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type DiscretizedOptions,
  discretizedGaussianLogLikelihood,
  gaussianKl,
  numbers,
  tensors,
} from "../src/index.js";

const device = await createDevice("wasm");
const number = fc.double({ min: -2, max: 2, noNaN: true });
const logProbability = (x: number, mean: number, logScale: number, options: DiscretizedOptions = {}): number =>
  discretizedGaussianLogLikelihood(numbers, x, { mean, logScale }, options);

describe("the divergence of two normals", () => {
  test("is the formula, and 0 of one from itself", () => {
    fc.assert(
      fc.property(number, number, number, number, (m1, v1, m2, v2) => {
        const [a, b] = [
          { mean: m1, logVariance: v1 },
          { mean: m2, logVariance: v2 },
        ];
        const right = 0.5 * (-1 + v2 - v1 + Math.exp(v1 - v2) + (m1 - m2) ** 2 * Math.exp(-v2));
        expect(Math.abs(gaussianKl(numbers, a, b) - right)).toBeLessThan(1e-13 * (1 + right));
        expect(gaussianKl(numbers, a, b)).toBeGreaterThanOrEqual(0);
        expect(gaussianKl(numbers, a, a)).toBe(0);
      }),
    );
  });

  test("keeps its digits where they are all but one, in f32 too", async () => {
    const differences = [1e-6, 1e-4, 1e-2, 0.29, 0.31];
    // r² / 4 - r³ / 12 + r⁴ / 48 … of the log-variances alone.
    const right = differences.map((r) =>
      r < 0.1 ? r ** 2 / 4 - r ** 3 / 12 + r ** 4 / 48 - r ** 5 / 240 : (Math.exp(-r) - 1 + r) / 2,
    );
    const zero = device.tensor(differences.map(() => 0));
    const found = await gaussianKl(
      tensors,
      { mean: zero, logVariance: zero },
      { mean: zero, logVariance: device.tensor(differences) },
    ).data();
    differences.forEach((r, i) => {
      const [a, b] = [
        { mean: 0, logVariance: 0 },
        { mean: 0, logVariance: r },
      ];
      expect(gaussianKl(numbers, a, b) / right[i]!).toBeCloseTo(1, 9);
      expect(found[i]! / right[i]!).toBeCloseTo(1, 5);
    });
  });
});

describe("a normal in bins", () => {
  test("sums to 1 over its values", () => {
    for (const [mean, logScale] of [
      [0.1, -3],
      [-1, -6],
      [0.7, 1],
      [3, -1],
    ] as const) {
      const all = Array.from({ length: 256 }, (_, i) =>
        Math.exp(logProbability(-1 + (2 * i) / 255, mean, logScale, { least: 0 })),
      );
      expect(all.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
    }
    const few = [0, 1, 2].map((x) => Math.exp(logProbability(x, 0.5, 0, { levels: 3, range: [0, 2] })));
    expect(few.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
  });

  /** The difference of two values of DDPM's distribution. */
  const difference = (x: number, mean: number, logScale: number): number => {
    const cdf = (z: number) => 0.5 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (z + 0.044715 * z ** 3)));
    const at = (edge: number) => cdf((edge - mean) / Math.exp(logScale));
    return Math.log(at(x + 1 / 255) - at(x - 1 / 255));
  };

  test("is DDPM's difference where that has digits, and has them in f32 where it has none", async () => {
    const cases = [
      [0.1, 0.12, -2],
      [0.1, 0.1001, -8],
      [-0.5, 0.5, -1],
      [0.3, 0.3, 1.5],
      [0.3, -2.5, 0.5],
    ] as const;
    const column = (i: 0 | 1 | 2) => device.tensor(cases.map((row) => row[i]));
    const found = await discretizedGaussianLogLikelihood(tensors, column(0), {
      mean: column(1),
      logScale: column(2),
    }).data();
    cases.forEach(([x, mean, logScale], i) => {
      const right = difference(x, mean, logScale);
      expect(Math.abs(logProbability(x, mean, logScale) - right)).toBeLessThan(1e-9 * (1 + Math.abs(right)));
      expect(Math.abs(found[i]! - right)).toBeLessThan(2e-6 * (1 + Math.abs(right)));
    });
  });

  test("is floored where DDPM's is, unless told", () => {
    expect(logProbability(0, 1, -4)).toBe(Math.log(1e-12));
    expect(logProbability(0, 1, -4, { least: 0 })).toBeLessThan(-1000);
    expect(logProbability(-1, -5, -2)).toBeCloseTo(0, 12);
    expect(logProbability(1, 5, -2)).toBeCloseTo(0, 12);
  });

  test("refuses bins that are none", () => {
    for (const [options, message] of [
      [{ levels: 1 }, "levels is 1; it must be a whole number of at least 2"],
      [{ range: [1, -1] }, "range is [1, -1]; it takes two rising numbers"],
      [{ least: 1 }, "least is 1; it must be a finite number of at least 0 and below 1"],
      [{ bins: 2 }, 'unknown key "bins"'],
    ] as const)
      expect(() => logProbability(0, 0, 0, options as never)).toThrow(message);
  });
});
