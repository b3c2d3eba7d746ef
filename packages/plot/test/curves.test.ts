import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lowerEnvelope } from "../src/figures/envelope.js";
import { curvatureThrough, isoFlopCurve } from "../src/figures/parabola.js";
import { thin } from "../src/figures/thin.js";

describe("parabola", () => {
  const vertex = { size: 25_000, loss: 0.26 };
  const at = (size: number, curvature: number) => ({
    size,
    loss: vertex.loss + (curvature / 2) * Math.log(size / vertex.size) ** 2,
  });

  test("the curvature of exact points is found exactly", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1, noNaN: true }), (curvature) => {
        const points = [5e3, 1e4, 4e4, 2e5].map((size) => at(size, curvature));
        expect(curvatureThrough(vertex, points)).toBeCloseTo(curvature, 10);
      }),
    );
  });

  test("ordinary least squares through noisy points is recovered from its vertex", () => {
    // Symmetric abscissae -2, -1, 0, 1, 2 in ln(N / 25 000): the normal equations split into even and odd parts.
    const z = [-2, -1, 0, 1, 2];
    const y = [0.4, 0.29, 0.262, 0.27, 0.37];
    const sum = (f: (z: number, y: number) => number) => z.reduce((total, zi, i) => total + f(zi, y[i]!), 0);
    const b = sum((zi, yi) => zi * yi) / 10;
    const a = (sum((zi, yi) => zi * zi * yi) - 2 * sum((_, yi) => yi)) / 14;
    const c = (sum((_, yi) => yi) - 10 * a) / 5;
    const fitted = { size: 25_000 * Math.exp(-b / (2 * a)), loss: c - (b * b) / (4 * a) };
    const points = z.map((zi, i) => ({ size: 25_000 * Math.exp(zi), loss: y[i]! }));
    expect(curvatureThrough(fitted, points) / 2).toBeCloseTo(a, 12);
  });

  test("a stated curvature is drawn as stated, between the smallest and the largest model", () => {
    const optimum = {
      budget: 1,
      optimalParams: 25_000,
      optimalTokens: 1,
      optimalLoss: 0.26,
      interior: true,
      curvature: 0.1,
    };
    const runs = [5e3, 1e5].map((params) => ({
      ...{ id: "", budget: 1, params, tokens: 1, flops: 1, lossStdErr: 0, seconds: 0 },
      loss: at(params, 0.5).loss,
    }));
    const points = isoFlopCurve(optimum, runs);
    expect(points[0]!.size).toBeCloseTo(5e3, 6);
    expect(points.at(-1)!.size).toBeCloseTo(1e5, 6);
    for (const point of points) expect(point.loss).toBeCloseTo(at(point.size, 0.1).loss, 10);
    expect(isoFlopCurve({ ...optimum, interior: false }, runs)).toEqual([]);
  });
});

describe("thinning", () => {
  const at = Array.from({ length: 5000 }, (_, i) => i + 1);

  test("leaves few points, and short curves alone", () => {
    expect(thin(at, at, 90).at.length).toBeLessThanOrEqual(90);
    expect(thin([1, 2], [3, 4])).toEqual({ at: [1, 2], value: [3, 4] });
  });

  test("keeps a power law a power law and a constant constant", () => {
    const power = thin(
      at,
      at.map((d) => 2 * d ** -0.16),
    );
    power.at.forEach((d, i) => {
      expect(power.value[i]! / (2 * d ** -0.16)).toBeCloseTo(1, 3);
    });
    expect(
      new Set(
        thin(
          at,
          at.map(() => 0.25),
        ).value,
      ),
    ).toEqual(new Set([0.25]));
  });

  test("keeps the order of the abscissa", () => {
    const { at: thinned } = thin(at, at);
    thinned.forEach((d, i) => {
      if (i > 0) expect(d).toBeGreaterThan(thinned[i - 1]!);
    });
  });
});

const point = fc.record({
  compute: fc.double({ min: 1, max: 1e6, noNaN: true }),
  loss: fc.double({ min: 0.1, max: 1, noNaN: true }),
});

test("the lower envelope is decreasing, made of given points, and no point lies below it", () => {
  fc.assert(
    fc.property(fc.array(fc.array(point, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 6 }), (curves) => {
      const envelope = lowerEnvelope(curves);
      const points = curves.flat();
      envelope.forEach((corner, i) => {
        expect(points).toContainEqual(corner);
        if (i > 0) expect(corner.loss).toBeLessThan(envelope[i - 1]!.loss);
      });
      for (const { compute, loss } of points) {
        const reached = envelope.filter((corner) => corner.compute <= compute * (1 + 1e-6)).at(-1);
        expect(reached!.loss).toBeLessThanOrEqual(loss);
      }
    }),
  );
});
