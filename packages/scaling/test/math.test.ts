import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { akimaSpline, bootstrap, random, summarise } from "../src/index.js";
import { bfgs } from "../src/math/bfgs.js";
import {
  chiSquareSurvival,
  fSurvival,
  normalCdf,
  normalQuantile,
  studentCdf,
  studentQuantile,
} from "../src/math/distributions.js";
import { extent } from "../src/math/extent.js";
import { compressed, invertPositive, leastSquares, multiply, symmetricEigenvalues } from "../src/math/linear.js";
import { quantileSorted } from "../src/math/quantile.js";
import { normals } from "../src/math/random.js";
import { evenSample, sampleAlong } from "../src/math/sample.js";
import { nonNegativeLeastSquares } from "../src/surface/non-negative.js";

describe("distributions", () => {
  it.each([
    [studentQuantile(0.975, 1), 12.706204736],
    [studentQuantile(0.975, 4), 2.7764451052],
    [studentQuantile(0.975, 235), 1.9701101],
    [normalQuantile(0.975), 1.959963984540054],
    [normalCdf(-3), 0.0013498980316301],
    [chiSquareSurvival(3.841458820694124, 1), 0.05],
    [fSurvival(4.102821, 2, 10), 0.05],
  ])("tabulated value %#", (got, want) => {
    expect(got).toBeCloseTo(want, 6);
  });

  it("t tends to the normal and quantile inverts the distribution", () => {
    expect(studentCdf(1.3, 1e7)).toBeCloseTo(normalCdf(1.3), 6);
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 0.999, noNaN: true }), fc.integer({ min: 1, max: 60 }), (p, nu) => {
        expect(studentCdf(studentQuantile(p, nu), nu)).toBeCloseTo(p, 10);
      }),
    );
  });
});

describe("least squares", () => {
  const value = fc.double({ min: -5, max: 5, noNaN: true });
  it("residuals are orthogonal to the columns", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value, value), { minLength: 6, maxLength: 12 }), (rows) => {
        const x = rows.map(([a, b]) => [1, a, b]);
        const fit = leastSquares(
          x,
          rows.map((r) => r[2]),
        );
        if (!fit || fit.unscaledCovariance.some((row, i) => row[i]! > 1e6)) return;
        for (let j = 0; j < 3; j++) expect(fit.residuals.reduce((s, r, i) => s + r * x[i]![j]!, 0)).toBeCloseTo(0, 7);
      }),
    );
  });

  it("dependent columns have no fit", () => {
    expect(
      leastSquares(
        [
          [1, 2],
          [2, 4],
          [3, 6],
        ],
        [1, 2, 3],
      ),
    ).toBeUndefined();
  });

  it("the inverse times the matrix is the identity, and eigenvalues sum to the trace", () => {
    const m = [
      [4, 1, 0.5],
      [1, 3, 0.2],
      [0.5, 0.2, 2],
    ];
    multiply(m, invertPositive(m)!).forEach((row, i) => {
      row.forEach((v, j) => {
        expect(v).toBeCloseTo(i === j ? 1 : 0, 12);
      });
    });
    expect(symmetricEigenvalues(m).reduce((s, v) => s + v, 0)).toBeCloseTo(9, 12);
    expect(
      invertPositive([
        [1, 2],
        [2, 1],
      ]),
    ).toBeUndefined();
  });

  it("non-negative least squares meets the optimality conditions", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value, value), { minLength: 5, maxLength: 9 }), (rows) => {
        const columns = [rows.map(() => 1), rows.map((r) => r[0]), rows.map((r) => r[1])] as const;
        const y = rows.map((r) => r[2]);
        const inner = (a: readonly number[], b: readonly number[]) => a.reduce((s, v, i) => s + v * b[i]!, 0);
        const gram = columns.map((a) => columns.map((b) => inner(a, b)));
        const coefficients = nonNegativeLeastSquares(
          gram,
          columns.map((c) => inner(c, y)),
        );
        const residuals = y.map((v, i) => v - columns.reduce((s, c, j) => s + c[i]! * coefficients[j]!, 0));
        columns.forEach((c, j) => {
          expect(coefficients[j]).toBeGreaterThanOrEqual(0);
          expect(inner(c, residuals)).toBeLessThan(1e-6);
        });
      }),
    );
  });
});

describe("bfgs", () => {
  it("solves Rosenbrock's valley to machine precision", () => {
    const result = bfgs(
      (x, g) => {
        const [a, b] = [x[0]!, x[1]!];
        g[0] = -400 * a * (b - a * a) - 2 * (1 - a);
        g[1] = 200 * (b - a * a);
        return 100 * (b - a * a) ** 2 + (1 - a) ** 2;
      },
      [-1.2, 1],
    );
    expect(result.converged).toBe(true);
    expect(result.x[0]).toBeCloseTo(1, 8);
  });

  it("says so when it is stopped early or starts nowhere", () => {
    const f = (x: Float64Array, g: Float64Array) => {
      g[0] = 4 * x[0]! ** 3;
      return x[0]! ** 4 + 1e-30;
    };
    expect(bfgs(f, [10], { maxIterations: 2 }).converged).toBe(false);
    expect(bfgs(() => Number.NaN, [1]).converged).toBe(false);
  });
});

describe("Akima's spline", () => {
  it("passes through its knots and reproduces straight lines", () => {
    const x = [0, 1, 2.5, 3, 5];
    const y = [1, 0, 2, 2, -1];
    const spline = akimaSpline(x, y);
    x.forEach((v, i) => {
      expect(spline.at(v)).toBeCloseTo(y[i]!, 12);
    });
    const line = akimaSpline(
      x,
      x.map((v) => 3 - 2 * v),
    );
    expect(line.at(1.7)).toBeCloseTo(3 - 3.4, 12);
  });
});

describe("bootstrap", () => {
  it("the standard error of a mean is σ/√n, by percentile and by BCa", () => {
    const normal = normals(random(5));
    const sample = Array.from({ length: 100 }, () => normal());
    const mean = (v: readonly number[]) => v.reduce((s, x) => s + x, 0) / v.length;
    const draws = bootstrap((uniform) => [mean(sample.map(() => sample[Math.floor(uniform() * 100)]!))], {
      resamples: 2000,
    });
    const values = draws.values.map((d) => d[0]!);
    const leaveOneOut = sample.map((_, i) => mean(sample.filter((__, j) => j !== i)));
    const plain = summarise(values, mean(sample));
    const bca = summarise(values, mean(sample), "bca", leaveOneOut);
    expect(plain.standardError).toBeCloseTo(0.1, 1);
    expect(Math.abs(plain.ci95[0] - bca.ci95[0])).toBeLessThan(0.03);
    expect(() => summarise(values, 0, "bca")).toThrow(/leave-one-out/);
    expect(() => bootstrap(() => [1], { resamples: 0 })).toThrow(/resamples is 0/);
  });

  it("counts the resamples that refuse", () => {
    expect(bootstrap((_, i) => (i % 4 === 0 ? undefined : [i]), { resamples: 40 }).failed).toBe(10);
  });

  it("quantiles interpolate as numpy's do", () => {
    expect(quantileSorted([1, 2, 3, 4], 0.4)).toBeCloseTo(2.2, 12);
  });

  it("streams of a seed are uniform and unrelated", () => {
    const a = Array.from({ length: 4000 }, random(1, 0));
    const b = Array.from({ length: 4000 }, random(1, 1));
    expect(a.reduce((s, v) => s + v, 0) / 4000).toBeCloseTo(0.5, 1);
    const covariance = a.reduce((s, v, i) => s + (v - 0.5) * (b[i]! - 0.5), 0) / 4000;
    expect(Math.abs(covariance)).toBeLessThan(0.006);
  });
});

describe("many rows", () => {
  it("compressed to as many as columns have the same solution, with any rows below them", () => {
    const uniform = random(4, 0);
    const draw = (n: number, p: number) =>
      Array.from({ length: n }, () => Array.from({ length: p }, () => uniform() - 0.5));
    for (const n of [2, 3, 4, 50]) {
      const x = draw(n, 3);
      const y = x.map(([a, b]) => a! - b! + uniform());
      const more = [...draw(2, 3), [1, 0, 0], [0, 1, 0], [0, 0, 1]];
      const small = compressed(x, y);
      expect(small.x.length).toBe(Math.min(n, 3));
      const zeros = more.map(() => 0);
      const whole = leastSquares([...x, ...more], [...y, ...zeros])!;
      const got = leastSquares([...small.x, ...more], [...small.y, ...zeros])!;
      got.coefficients.forEach((c, j) => {
        expect(c).toBeCloseTo(whole.coefficients[j]!, 12);
      });
    }
    // A column of zeros and one that is another's double leave their rows without a pivot.
    const flat = compressed(
      [
        [1, 2, 0],
        [2, 4, 0],
        [3, 6, 0],
        [4, 8, 0],
      ],
      [1, 2, 3, 4],
    );
    expect(flat.x.flat().every(Number.isFinite)).toBe(true);
  });

  it("have their ends, and samples that are spread over rows and values", () => {
    const steps = Array.from({ length: 200_000 }, (_, i) => i + 1);
    expect(extent(steps)).toEqual([1, 200_000]);
    expect(extent([])).toEqual([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
    expect(evenSample(5, 10)).toEqual([0, 1, 2, 3, 4]);
    const even = evenSample(steps.length, 1000);
    expect(Math.abs(even.length - 1000)).toBeLessThan(5);
    const logs = steps.map(Math.log);
    const along = sampleAlong(logs, 1000);
    expect(along.length).toBeLessThanOrEqual(1005);
    const values = along.map((i) => logs[i]!);
    const gaps = values.slice(1).map((v, i) => v - values[i]!);
    // The first steps are further apart than a bin is wide.
    expect(extent(gaps)[1]).toBeLessThanOrEqual(Math.log(2) + 1e-12);
    expect(new Set(along).size).toBe(along.length);
  });
});
