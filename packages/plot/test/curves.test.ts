import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lowerEnvelope } from "../src/figures/envelope.js";
import { thin } from "../src/figures/thin.js";

describe("thinning", () => {
  const curve = (y: (x: number) => number) => Array.from({ length: 5000 }, (_, i) => ({ x: i + 1, y: y(i + 1) }));

  test("leaves few points, and short curves alone", () => {
    expect(thin(curve((x) => x)).length).toBeLessThanOrEqual(90);
    const short = [
      { x: 1, y: 3 },
      { x: 2, y: 4 },
    ];
    expect(thin(short)).toEqual(short);
  });

  test("keeps a power law a power law and a constant constant", () => {
    for (const { x, y } of thin(curve((d) => 2 * d ** -0.16))) expect(y / (2 * x ** -0.16)).toBeCloseTo(1, 3);
    expect(new Set(thin(curve(() => 0.25)).map(({ y }) => y))).toEqual(new Set([0.25]));
  });

  test("keeps the order of the abscissa", () => {
    const thinned = thin(curve((x) => x));
    thinned.forEach(({ x }, i) => {
      if (i > 0) expect(x).toBeGreaterThan(thinned[i - 1]!.x);
    });
  });
});

const point = fc.record({
  x: fc.double({ min: 1, max: 1e6, noNaN: true }),
  y: fc.double({ min: 0.1, max: 1, noNaN: true }),
});

test("the lower envelope is decreasing, made of given points, and no point lies below it", () => {
  fc.assert(
    fc.property(fc.array(point, { minLength: 1, maxLength: 48 }), (points) => {
      const envelope = lowerEnvelope(points);
      envelope.forEach((corner, i) => {
        expect(points).toContainEqual(corner);
        if (i > 0) expect(corner.y).toBeLessThan(envelope[i - 1]!.y);
      });
      for (const { x, y } of points) {
        const reached = envelope.filter((corner) => corner.x <= x * (1 + 1e-6)).at(-1);
        expect(reached!.y).toBeLessThanOrEqual(y);
      }
    }),
  );
});
