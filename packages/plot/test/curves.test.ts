import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lowerEnvelope } from "../src/figures/envelope.js";
import { thin } from "../src/figures/thin.js";

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
