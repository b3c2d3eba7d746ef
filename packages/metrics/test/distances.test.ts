import { describe, expect, test } from "vitest";
import {
  features,
  frechetDistance,
  gaussian,
  inceptionScore,
  kernelDistance,
  MetricsError,
  manifoldMetrics,
} from "../src/index.js";
import { expected, firstRows, tensor } from "./fixture.js";
import { cloud } from "./gauss.js";

const [real, fake] = [tensor("real"), tensor("fake")];

describe("Fréchet distance", () => {
  test("matches the reference to 1e-9, with all rows and with 20", () => {
    expect(Math.abs(frechetDistance(real, fake).value - expected.frechet_distance)).toBeLessThan(1e-9);
    const few = frechetDistance(firstRows(real, 20), firstRows(fake, 20));
    expect(Math.abs(few.value - expected.frechet_distance_first_20)).toBeLessThan(1e-9);
    expect(few).toMatchObject({ metric: "frechet-distance", status: "ok", extractor: "fixture", realCount: 20 });
  });

  test("of axis-aligned Gaussians is Σ (Δμ² + (σ₁ − σ₂)²)", () => {
    const diagonal = (mean: number[], deviations: number[]) => ({
      extractor: "x",
      count: 100,
      dim: 3,
      mean: Float64Array.from(mean),
      covariance: Float64Array.from({ length: 9 }, (_, i) => (i % 4 === 0 ? deviations[i / 4]! ** 2 : 0)),
    });
    const found = frechetDistance(diagonal([0, 1, 2], [1, 2, 3]), diagonal([1, 1, 0], [2, 2, 0.5]));
    expect(found.meanTerm).toBe(5);
    expect(found.covarianceTerm).toBeCloseTo(1 + 6.25, 12);
  });

  test("is zero from itself, |s|² from its shift, and symmetric", () => {
    expect(frechetDistance(real, real).value).toBeLessThan(1e-12);
    const shifted = features(
      real.extractor,
      real.dim,
      Float64Array.from(real.data, (x) => x + 2),
    );
    expect(frechetDistance(real, shifted).value).toBeCloseTo(4 * real.dim, 9);
    expect(frechetDistance(fake, real).value).toBeCloseTo(frechetDistance(real, fake).value, 11);
  });

  test("statistics give what their features give", () => {
    const direct = frechetDistance(real, fake).value;
    expect(frechetDistance(gaussian(real), fake).value).toBeCloseTo(direct, 11);
    expect(frechetDistance(gaussian(real), gaussian(fake)).value).toBeCloseTo(direct, 11);
  });

  test("fewer samples than dimensions: right, and said to be rank-deficient", () => {
    const [a, b] = [cloud(9, 12, 1), cloud(11, 12, 2, 0.5, (j) => 1 + j / 12)];
    const direct = frechetDistance(a, b);
    expect(direct.status).toBe("rank-deficient");
    // The statistics take the other path: a pivoted factor of a singular covariance.
    expect(frechetDistance(gaussian(a), gaussian(b)).value).toBeCloseTo(direct.value, 5);
    expect(frechetDistance(gaussian(a), gaussian(b)).status).toBe("rank-deficient");
    expect(frechetDistance(cloud(13, 12, 3), cloud(40, 12, 4)).status).toBe("ok");
  });

  test("a constant feature makes it rank-deficient however many samples there are", () => {
    const flat = cloud(50, 4, 5, 0, (j) => (j === 2 ? 0 : 1));
    expect(frechetDistance(flat, cloud(50, 4, 6)).status).toBe("rank-deficient");
  });
});

describe("kernel distance", () => {
  test("matches the reference to 1e-9", () => {
    const found = kernelDistance(real, fake);
    expect(Math.abs(found.value - expected.kernel_distance)).toBeLessThan(1e-9);
    expect(found).toMatchObject({
      metric: "kernel-distance",
      errorOf: "jackknife",
      realCount: 120,
      generatedCount: 90,
    });
  });

  test("by hand, in one dimension with two and three samples left after leaving one out", () => {
    const [x, y] = [features("x", 1, Float64Array.of(0, 1, 2)), features("x", 1, Float64Array.of(1, -1, 0))];
    const k = (a: number, b: number) => (a * b + 1) ** 3;
    const xx = (2 * (k(0, 1) + k(0, 2) + k(1, 2))) / 6;
    const yy = (2 * (k(1, -1) + k(1, 0) + k(-1, 0))) / 6;
    let xy = 0;
    for (const a of [0, 1, 2]) for (const b of [1, -1, 0]) xy += k(a, b) / 9;
    expect(kernelDistance(x, y).value).toBeCloseTo(xx + yy - 2 * xy, 12);
  });

  test("is unbiased: over 200 pairs of like sets the mean is within 3 standard errors of zero, negative half the time", () => {
    const values = Array.from({ length: 200 }, (_, i) =>
      kernelDistance(cloud(25, 3, 2 * i + 1), cloud(20, 3, 2 * i + 2)),
    );
    const mean = values.reduce((sum, { value }) => sum + value, 0) / 200;
    const deviation = Math.sqrt(values.reduce((sum, { value }) => sum + (value - mean) ** 2, 0) / 199);
    expect(Math.abs(mean)).toBeLessThan((3 * deviation) / Math.sqrt(200));
    const negative = values.filter(({ value }) => value < 0).length;
    expect(negative).toBeGreaterThan(60);
  });

  test("the jackknife error is the spread of the estimate over fresh samples", () => {
    const found = Array.from({ length: 150 }, (_, i) =>
      kernelDistance(cloud(60, 3, 3 * i + 1), cloud(60, 3, 3 * i + 2, 0.7)),
    );
    const mean = found.reduce((sum, { value }) => sum + value, 0) / 150;
    const spread = Math.sqrt(found.reduce((sum, { value }) => sum + (value - mean) ** 2, 0) / 149);
    const claimed = Math.sqrt(found.reduce((sum, { standardError }) => sum + standardError ** 2, 0) / 150);
    expect(claimed / spread).toBeGreaterThan(0.8);
    expect(claimed / spread).toBeLessThan(1.3);
  });

  test("subsets: seeded, near the full value, whole sets give it exactly", () => {
    const subsets = { count: 60, size: 50, seed: 7 };
    const [a, b] = [kernelDistance(real, fake, subsets), kernelDistance(real, fake, subsets)];
    expect(a).toEqual(b);
    expect(a.errorOf).toBe("subsets");
    expect(Math.abs(a.value - expected.kernel_distance)).toBeLessThan(5 * a.standardError);
    expect(kernelDistance(real, fake, { ...subsets, seed: 8 }).value).not.toBe(a.value);
    const whole = kernelDistance(firstRows(real, 90), fake, { count: 2, size: 90, seed: 1 });
    expect(whole.value).toBeCloseTo(kernelDistance(firstRows(real, 90), fake).value, 10);
  });
});

describe("bad input", () => {
  const make = (values: number[], dim = 2, extractor = "a") => features(extractor, dim, Float64Array.from(values));
  const two = make([1, 2, 3, 4]);

  test("names what is wrong and what would be right", () => {
    expect(() => make([1, 2, Number.NaN, 4])).toThrow(/hold NaN at row 1, column 0; every number must be finite/);
    expect(() => make([1, 2, 3, Number.NEGATIVE_INFINITY])).toThrow(/-Infinity at row 1, column 1/);
    expect(() => make([1, 2, 3])).toThrow(/data has 3 numbers; it needs a multiple of dim, 2/);
    expect(() => make([])).toThrow(/data has 0 numbers/);
    expect(() => make([1], 1, "")).toThrow(/extractor is empty/);
    expect(() => frechetDistance(two, make([1, 2, 3, 4], 2, "b"))).toThrow(/"a" and "b"; both sets need the same/);
    expect(() => frechetDistance(two, make([1, 2, 3, 4], 1))).toThrow(/2 and 1 numbers a row/);
    expect(() => frechetDistance(two, make([1, 2]))).toThrow(/1 generated samples; at least 2/);
    expect(() => gaussian(make([1, 2]))).toThrow(/needs at least 2/);
    expect(() => kernelDistance(two, two)).toThrow(/2 real samples; at least 3/);
    expect(() => kernelDistance(real, fake, { count: 5, size: 91, seed: 0 })).toThrow(/subsets.size is 91.*3\.\.90/);
    expect(() => kernelDistance(real, fake, { count: 5, size: 9, seed: -1 })).toThrow(MetricsError);
  });

  test("records that were not made by features() are checked all the same", () => {
    const changed = (change: object) => ({ ...real, ...change }) as typeof real;
    const metrics = [(set: typeof real) => frechetDistance(set, fake), (set: typeof real) => kernelDistance(fake, set)];
    for (const metric of [...metrics, (set: typeof real) => manifoldMetrics(set, fake), gaussian]) {
      expect(() => metric(changed({ count: 7 }))).toThrow(/data has 720 numbers; 7 rows of 6 are 42/);
      expect(() => metric(changed({ count: Number.NaN }))).toThrow(/count is NaN/);
      expect(() => metric(changed({ data: real.data.map((x, i) => (i === 13 ? Number.NaN : x)) }))).toThrow(
        /hold NaN at row 2, column 1/,
      );
      expect(() => metric(changed({ data: Array.from(real.data) }))).toThrow(
        /data is Array; it must be a Float32Array or a Float64Array/,
      );
    }
    expect(() => features("a", 2, [1, 2] as never)).toThrow(/data is Array/);
    expect(() => inceptionScore(changed({ count: 9 }), 3)).toThrow(/data has 720 numbers/);
  });

  test("finite features too large to square are refused, not scored", () => {
    const huge = (seed: number) => features("huge", 2, cloud(9, 2, seed).data.map((x) => 1e200 * x) as Float64Array);
    for (const metric of [frechetDistance, kernelDistance, manifoldMetrics])
      expect(() => metric(huge(1), huge(2)), metric.name).toThrow(/too large for float64, scale them down/);
    expect(() => gaussian(huge(1))).toThrow(/variance is/);
  });

  test("an option of another name", () => {
    const subsets = { count: 5, size: 9, seed: 0, length: 3 };
    expect(() => kernelDistance(real, fake, subsets)).toThrow(
      /subsets has no option "length"; it takes count, size, seed/,
    );
  });

  test("statistics that are none", () => {
    const good = gaussian(real);
    const change = (at: number, value: number) => ({
      ...good,
      covariance: good.covariance.map((x, i) => (i === at ? value : x)),
    });
    expect(() => frechetDistance(change(1, 9), fake)).toThrow(/must be symmetric/);
    expect(() => frechetDistance(change(0, Number.NaN), fake)).toThrow(/hold NaN/);
    expect(() => frechetDistance(change(0, -5), fake)).toThrow(/not semi-definite/);
    expect(() => frechetDistance({ ...good, mean: good.mean.slice(1) }, fake)).toThrow(
      /5 and 36 numbers; dim 6 needs 6 and 36/,
    );
  });
});
