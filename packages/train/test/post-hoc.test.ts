import { describe, expect, it } from "vitest";
import { memoryCheckpoints, type SavedArray } from "../src/checkpoint.js";
import { averagingBlend, powerExponent } from "../src/ema.js";
import { TrainError } from "../src/errors.js";
import { leastSquares } from "../src/least-squares.js";
import { type PowerProfile, profileProduct, reconstructAverage, reconstructProfile } from "../src/post-hoc.js";
import { snapshotSteps } from "../src/snapshot.js";

const profile = (width: number, step: number): PowerProfile => ({ gamma: powerExponent(width), step });

/** A profile's height at a step (arXiv 2312.02696, equation 120 of the continuous form). */
const height = ({ gamma, step }: PowerProfile, at: number): number =>
  at > step ? 0 : ((gamma + 1) * at ** gamma) / step ** (gamma + 1);

/** Simpson's rule over the steps up to `end`. */
const integral = (f: (at: number) => number, end: number, parts = 20_000): number => {
  let sum = f(0) + f(end);
  for (let i = 1; i < parts; i++) sum += f((i * end) / parts) * (i % 2 === 1 ? 4 : 2);
  return (sum * end) / (3 * parts);
};

describe("profileProduct", () => {
  it.each<[a: PowerProfile, b: PowerProfile]>([
    [profile(0.05, 100), profile(0.05, 100)],
    [profile(0.05, 40), profile(0.1, 100)],
    [profile(0.1, 100), profile(0.05, 40)],
    [profile(0.2, 70), profile(0.03, 80)],
    [{ gamma: 0, step: 10 }, profile(0.25, 100)],
  ])("of %j and %j is the integral of their product", (a, b) => {
    const end = Math.min(a.step, b.step);
    const exact = integral((at) => height(a, at) * height(b, at), end);
    expect(profileProduct(a, b) / exact).toBeCloseTo(1, 6);
    expect(profileProduct(b, a)).toBe(profileProduct(a, b));
  });
});

const kept = (widths: readonly number[], count: number, steps = 10_000): PowerProfile[] =>
  snapshotSteps({ widths, count }, steps).flatMap((step) => widths.map((width) => profile(width, step)));

describe("reconstructProfile", () => {
  it("of a profile that is there is that profile", () => {
    for (const width of [0.05, 0.1]) {
      const { coefficients, residual } = reconstructProfile(kept([0.05, 0.1], 64), profile(width, 10_000));
      const last = coefficients.length - (width === 0.05 ? 2 : 1);
      for (const [i, x] of coefficients.entries()) expect(Math.abs(x - (i === last ? 1 : 0))).toBeLessThan(1e-9);
      expect(residual).toBeLessThan(1e-7);
    }
  });

  it("of one that is not comes as near as the residual says, nearer with more snapshots", () => {
    // Shares of the profile that are missed, of 8, 32 and 128 snapshots of widths 0.05 and 0.1.
    const expected: Record<number, [number, number, number]> = {
      0.03: [1.0e-1, 1.1e-2, 7.3e-4],
      0.07: [1.3e-2, 9.7e-4, 6.2e-5],
      0.15: [3.3e-2, 2.3e-3, 1.4e-4],
    };
    for (const [width, residuals] of Object.entries(expected))
      for (const [i, count] of [8, 32, 128].entries()) {
        const target = profile(Number(width), 10_000);
        const profiles = kept([0.05, 0.1], count);
        const { coefficients, residual } = reconstructProfile(profiles, target);
        expect(residual / residuals[i]!).toBeGreaterThan(0.95);
        expect(residual / residuals[i]!).toBeLessThan(1.05);
        if (count !== 8) continue;
        const missed = (at: number) =>
          height(target, at) - coefficients.reduce((sum, x, j) => sum + x * height(profiles[j]!, at), 0);
        const square = integral((at) => missed(at) ** 2, 10_000) / profileProduct(target, target);
        expect(Math.sqrt(square) / residual).toBeCloseTo(1, 2);
      }
  });

  it("does not mind profiles that are there twice", () => {
    const profiles = kept([0.05, 0.1], 8);
    const [once, twice] = [profiles, [...profiles, ...profiles]].map((of) =>
      reconstructProfile(of, profile(0.07, 10_000)),
    );
    expect(twice!.residual).toBeCloseTo(once!.residual, 9);
  });
});

it("leastSquares solves what is well posed", () => {
  const rows = [
    [1, 0.5, 0.25],
    [0.5, 1, 0.5],
    [0.25, 0.5, 1],
  ];
  const x = [3, -1, 2];
  const along = rows.map((row) => row.reduce((sum, value, i) => sum + value * x[i]!, 0));
  for (const [i, value] of leastSquares(rows, along).entries()) expect(value).toBeCloseTo(x[i]!, 12);
  expect(leastSquares([], [])).toEqual([]);
});

describe("snapshotSteps", () => {
  it("are at equal distances, the last at the end", () => {
    const widths = [0.1];
    expect(snapshotSteps({ widths, count: 4 }, 100)).toEqual([25, 50, 75, 100]);
    expect(snapshotSteps({ widths, count: 3 }, 10)).toEqual([3, 7, 10]);
    expect(snapshotSteps({ widths, count: 1 }, 7)).toEqual([7]);
    expect(snapshotSteps({ widths, count: 9 }, 3)).toEqual([1, 2, 3]);
  });
});

/** A weight that wanders, and its averages, in float64. */
const wander = (steps: number) => {
  const weight = (step: number) => [Math.sin(step / 37) + step / steps, Math.cos(step * step), 1 / (step + 1)];
  const averageOf = (width: number, end = steps): Float64Array => {
    const blend = averagingBlend({ kind: "power", width });
    const average = new Float64Array(3);
    for (let step = 0; step < end; step++)
      for (const [i, x] of weight(step).entries()) average[i]! += blend(step) * (x - average[i]!);
    return average;
  };
  return averageOf;
};

const arrays = (data: ArrayLike<number>): Record<string, SavedArray> => ({
  "average.w": { shape: [3], data: Float32Array.from(data) },
});

describe("reconstructAverage", () => {
  const steps = 2000;
  const averageOf = wander(steps);
  const stored = async (count = 32) => {
    const store = memoryCheckpoints();
    for (const step of snapshotSteps({ widths: [], count }, steps))
      for (const width of [0.05, 0.1])
        await store.keep({ step, width, spec: "{}", arrays: arrays(averageOf(width, step)) });
    return store.snapshots();
  };

  it("of a width that was tracked is the snapshot, at every step that has one", async () => {
    const snapshots = await stored();
    for (const at of [undefined, steps / 2]) {
      const { arrays: got, residual, step } = await reconstructAverage(snapshots, { width: 0.1, ...(at && { at }) });
      expect([step, residual]).toEqual([at ?? steps, 0]);
      expect(got).toEqual(arrays(averageOf(0.1, at)));
    }
  });

  it("of another width is the average that would have been kept, within what the residual says", async () => {
    const snapshots = await stored();
    for (const [width, at] of [
      [0.03, steps],
      [0.07, steps],
      [0.07, steps / 2],
      [0.15, steps],
      [0.2, steps],
    ] as const) {
      const { arrays: got, residual } = await reconstructAverage(snapshots, { width, at });
      const exact = averageOf(width, at);
      const target = profile(width, at);
      // By Cauchy and Schwarz: the norm of what is missed times that of the weight, here at most 2, over the steps.
      const bound = residual * Math.sqrt(profileProduct(target, target) * at) * 2;
      for (const [i, x] of got["average.w"]!.data.entries())
        expect(Math.abs(x - exact[i]!), `${width} at ${at}`).toBeLessThan(bound);
      expect(residual).toBeLessThan(0.03);
    }
  });

  it.each<[call: (of: Awaited<ReturnType<typeof stored>>) => Promise<unknown>, message: string]>([
    [
      (of) => reconstructAverage(of, { width: 0.3 }),
      "options.width is 0.3; it must be a finite number above 0 and of at most 0.288",
    ],
    [
      (of) => reconstructAverage(of, { width: 0.1, at: 999 }),
      "options.at is 999; there are snapshots of steps 500, 1000, 1500, 2000",
    ],
    [() => reconstructAverage([], { width: 0.1 }), "there are no snapshots"],
    [
      (of) => reconstructAverage([...of, { ...of[0]!, step: 1000, spec: "another" }], { width: 0.1 }),
      "the snapshots of steps 500 and 1000 are of two runs",
    ],
    [
      (of) => reconstructAverage([...of, { ...of[0]!, read: async () => ({}) }], { width: 0.07 }),
      "the snapshot of step 500 has not all parameters",
    ],
    [
      (of) =>
        reconstructAverage(
          [...of, { ...of[0]!, read: async () => ({ "average.w": { shape: [1], data: new Float32Array(1) } }) }],
          { width: 0.07 },
        ),
      "the snapshot of step 500 has another average.w",
    ],
    [(of) => reconstructAverage(of, { width: 0.1, ad: 3 } as never), 'unknown key "ad"; did you mean "at"?'],
  ])("refuses %s", async (call, message) => {
    const attempt = call(await stored(4));
    await expect(attempt).rejects.toThrow(TrainError);
    await expect(attempt).rejects.toThrow(message);
  });
});
