import { describe, expect, it } from "vitest";
import { bilinear } from "../src/resize.js";

const rows = (from: number, to: number): number[][] => {
  const weights = bilinear(from, to);
  return Array.from({ length: to }, (_, i) => [...weights.subarray(i * from, (i + 1) * from)]);
};

describe("bilinear, corners on corners", () => {
  it("keeps a side of the same size", () => {
    expect(rows(3, 3)).toEqual([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]);
  });

  it("lays the first pixel on the first and the last on the last, with what is between in proportion", () => {
    expect(rows(2, 5)).toEqual([
      [1, 0],
      [0.75, 0.25],
      [0.5, 0.5],
      [0.25, 0.75],
      [0, 1],
    ]);
  });

  it("counts every pixel of a side that shrinks, and as much in all", () => {
    for (const [from, to] of [
      [9, 4],
      [300, 224],
      [64, 1],
      [7, 2],
    ] as const) {
      const weights = rows(from, to);
      for (const row of weights) expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
      if (to > 1) for (let j = 0; j < from; j++) expect(weights.some((row) => row[j]! > 0)).toBe(true);
    }
    // A step of 2 pixels: the triangle reaches 2 pixels to each side.
    expect(rows(5, 3)[1]).toEqual([0, 0.25, 0.5, 0.25, 0]);
  });

  it("repeats a single pixel", () => {
    expect(rows(1, 3)).toEqual([[1], [1], [1]]);
  });
});
