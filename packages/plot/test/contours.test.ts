import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { contours } from "../src/figures/contours.js";
import { levelKey, lossLevels } from "../src/figures/levels.js";

const spaced = (low: number, high: number, n: number) =>
  Array.from({ length: n }, (_, i) => low * (high / low) ** (i / (n - 1)));

const gridOf = (f: (x: number, y: number) => number, x = spaced(1, 1e4, 17), y = spaced(1, 1e3, 13)) => ({
  x,
  y,
  value: x.map((xi) => y.map((yj) => f(xi, yj))),
});

describe("contours", () => {
  test("of a plane in ln x and ln y are that plane's lines, exactly", () => {
    const slope = fc.double({ min: 0.1, max: 2, noNaN: true });
    fc.assert(
      fc.property(slope, slope, fc.double({ min: 3, max: 9, noNaN: true }), (a, b, level) => {
        const lines = contours(
          gridOf((x, y) => 20 - a * Math.log(x) - b * Math.log(y)),
          level,
        );
        for (const { x, y } of lines.flat()) expect(20 - a * Math.log(x) - b * Math.log(y)).toBeCloseTo(level, 9);
        expect(lines.length).toBeLessThanOrEqual(1);
      }),
    );
  });

  test("of a cone are one ring, which ends where it begins", () => {
    const cone = gridOf(
      (x, y) => 1 + Math.hypot(Math.log(x / 100), Math.log(y / 30)),
      spaced(1, 1e4, 60),
      spaced(1, 1e3, 60),
    );
    const [ring, ...more] = contours(cone, 3);
    expect(more).toEqual([]);
    expect(ring!.at(-1)).toEqual(ring![0]);
    for (const { x, y } of ring!) expect(Math.hypot(Math.log(x / 100), Math.log(y / 30))).toBeCloseTo(2, 1);
  });

  test("at a saddle do not cross", () => {
    const saddle = {
      x: [1, 10],
      y: [1, 10],
      value: [
        [1, 0],
        [0, 1],
      ],
    };
    expect(contours(saddle, 0.5)).toHaveLength(2);
    expect(contours(saddle, 0.4).map((line) => line.length)).toEqual([2, 2]);
  });

  test("at a level that the grid does not have are none", () => {
    expect(
      contours(
        gridOf((x) => x),
        1e6,
      ),
    ).toEqual([]);
    expect(
      contours(
        gridOf(() => 2),
        2,
      ),
    ).toEqual([]);
  });
});

describe("levels", () => {
  const bowl = (C: number, N: number) => 1.7 + 30 * C ** -0.1 + 0.05 * Math.log(N / C ** 0.5) ** 2;
  const rows = spaced(1e15, 1e22, 40).map((C) => spaced(1e6, 1e12, 40).map((N) => bowl(C, N)));

  test("fall, are distinct, and are those of the frontier", () => {
    const levels = lossLevels(rows, 9);
    expect(levels).toHaveLength(9);
    levels.forEach((level, i) => {
      if (i > 0) expect(level).toBeLessThan(levels[i - 1]!);
      expect(level).toBeGreaterThan(1.7);
      expect(level).toBeLessThan(1.7 + 30 * 1e15 ** -0.1 + 0.1);
    });
  });

  test("lead up to a run far above them, and only then", () => {
    const levels = lossLevels(rows, 9);
    expect(lossLevels(rows, 9, levels[0]! * 1.1)).toEqual(levels);
    const more = lossLevels(rows, 9, levels[0]! * 4);
    expect(more).toHaveLength(11);
    expect(more[0]).toBeLessThan(levels[0]! * 4);
  });

  test("a flat surface has one", () => {
    expect(
      lossLevels(
        [
          [2, 2],
          [2, 2],
        ],
        9,
      ),
    ).toEqual([2]);
    expect(levelKey([2], "loss").share(3)).toBe(0.5);
  });

  test("colours are even between them, and end beyond them", () => {
    const { share } = levelKey([4, 3, 2.5, 2.25], "loss");
    expect([4, 3, 2.5, 2.25].map(share)).toEqual([0.125, 0.375, 0.625, 0.875]);
    expect(share(3.5)).toBeCloseTo(0.25, 12);
    expect([share(40), share(0.1)]).toEqual([0, 1]);
  });
});
