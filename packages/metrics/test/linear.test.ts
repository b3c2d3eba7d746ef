import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { semidefiniteFactor } from "../src/linear/cholesky.js";
import { type DenseMatrix, timesTransposed, trace, transpose } from "../src/linear/matrix.js";
import { nuclearNorm } from "../src/linear/nuclear.js";
import { tridiagonalEigenvalues } from "../src/linear/tridiagonal.js";
import { normals } from "./gauss.js";

const random = (rows: number, columns: number, seed: number): DenseMatrix => ({
  rows,
  columns,
  data: normals(rows * columns, seed),
});

/** (I − 2 v vᵀ) A: rotates the singular vectors and leaves the values. */
const reflect = (a: DenseMatrix, seed: number): DenseMatrix => {
  const v = normals(a.rows, seed);
  const squares = v.reduce((sum, x) => sum + x * x, 0);
  const data = a.data.map((value, at) => {
    const [i, j] = [Math.floor(at / a.columns), at % a.columns];
    let product = 0;
    for (let k = 0; k < a.rows; k++) product += v[k]! * a.data[k * a.columns + j]!;
    return value - (2 * v[i]! * product) / squares;
  });
  return { ...a, data };
};

const rotated = (a: DenseMatrix, seed: number) => transpose(reflect(transpose(reflect(a, seed)), seed + 1));

describe("the nuclear norm", () => {
  test("of known singular values, from 1e-8 to 1e3, many equal and some zero, behind rotations", () => {
    const sizes = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }));
    const values = fc.array(fc.constantFrom<number>(0, 1e-8, 0.5, 1, 1, 7, 1e3), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(sizes, values, fc.integer({ min: 1, max: 1e6 }), ([rows, columns], singular, seed) => {
        const data = new Float64Array(rows * columns);
        const count = Math.min(rows, columns);
        for (let i = 0; i < count; i++) data[i * columns + i] = singular[i]!;
        const sum = singular.slice(0, count).reduce((a, b) => a + b, 0);
        expect(Math.abs(nuclearNorm(rotated({ rows, columns, data }, seed)) - sum)).toBeLessThan(
          1e-12 * (1 + sum) * 10,
        );
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  test("is the trace of a positive definite matrix", () => {
    const a = random(40, 40, 3);
    const gram = timesTransposed(a, a);
    expect(nuclearNorm(gram) / trace(gram)).toBeCloseTo(1, 13);
  });

  test("scales over the range of numbers", () => {
    const a = random(7, 5, 4);
    for (const scale of [1e-200, 1e200]) {
      const scaled = { ...a, data: a.data.map((x) => scale * x) };
      expect(nuclearNorm(scaled) / scale / nuclearNorm(a)).toBeCloseTo(1, 13);
    }
    expect(nuclearNorm({ rows: 3, columns: 2, data: new Float64Array(6) })).toBe(0);
  });
});

test("eigenvalues of the second difference are 2 − 2 cos(kπ / (n + 1))", () => {
  const n = 50;
  const found = tridiagonalEigenvalues(new Float64Array(n).fill(2), new Float64Array(n - 1).fill(-1)).sort();
  for (const [k, value] of found.entries()) {
    expect(Math.abs(value - (2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1))))).toBeLessThan(1e-13);
  }
});

describe("the semi-definite factor", () => {
  test("gives the matrix back, with as many rows as its rank", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 10 }), fc.nat(1e6), (n, rank, seed) => {
        const gram = timesTransposed(random(n, rank, seed + 1), random(n, rank, seed + 1));
        const factor = semidefiniteFactor(gram);
        expect(factor.rows).toBe(Math.min(n, rank));
        const back = timesTransposed(transpose(factor), transpose(factor));
        for (const [i, value] of back.data.entries())
          expect(Math.abs(value - gram.data[i]!)).toBeLessThan(1e-12 * n * trace(gram) + 1e-14);
      }),
      { seed: 2, numRuns: 200 },
    );
  });

  test("refuses a matrix that is not semi-definite", () => {
    expect(() => semidefiniteFactor({ rows: 2, columns: 2, data: Float64Array.of(1, 2, 2, 1) })).toThrow(
      /negative pivot, -3/,
    );
    expect(() => semidefiniteFactor({ rows: 1, columns: 1, data: Float64Array.of(-1) })).toThrow(/negative pivot/);
  });
});
