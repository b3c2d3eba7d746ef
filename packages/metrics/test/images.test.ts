import fc from "fast-check";
import { decode } from "fast-png";
import { describe, expect, test } from "vitest";
import { encodePng, type ImageBatch, imageGrid } from "../src/index.js";

const solid = (colours: readonly (readonly number[])[], height: number, width: number): ImageBatch => {
  const plane = height * width;
  const data = colours.flatMap((colour) => colour.flatMap((value) => Array.from({ length: plane }, () => value)));
  return { data: Float32Array.from(data), count: colours.length, channels: colours[0]!.length, height, width };
};

const pixel = (image: { width: number; data: ArrayLike<number> }, x: number, y: number) =>
  [0, 1, 2, 3].map((c) => image.data[4 * (y * image.width + x) + c]);

describe("an image grid", () => {
  const colours = [
    [-1, 0, 1],
    [1, -1, -1],
    [3, -3, 0],
  ];

  test("places images in rows with gaps, −1..1 to 0..255, clamped", () => {
    const grid = imageGrid(solid(colours, 2, 3), { columns: 2, padding: 1 });
    expect([grid.width, grid.height]).toEqual([9, 7]);
    expect(pixel(grid, 0, 0)).toEqual([255, 255, 255, 255]);
    expect(pixel(grid, 1, 1)).toEqual([0, 128, 255, 255]);
    expect(pixel(grid, 5, 2)).toEqual([255, 0, 0, 255]);
    expect(pixel(grid, 3, 5)).toEqual([255, 0, 128, 255]);
    expect(pixel(grid, 5, 5)).toEqual([255, 255, 255, 255]);
  });

  test("keeps rows, columns and channels in order", () => {
    const data = Float64Array.from({ length: 12 }, (_, i) => i / 127.5 - 1);
    const grid = imageGrid({ data, count: 1, channels: 3, height: 2, width: 2 }, { padding: 0 });
    expect([...grid.data]).toEqual([0, 4, 8, 255, 1, 5, 9, 255, 2, 6, 10, 255, 3, 7, 11, 255]);
  });

  test("grey images, zoom and a background", () => {
    const grid = imageGrid(solid([[0]], 1, 1), { zoom: 3, padding: 2, background: [1, 2, 3, 0] });
    expect([grid.width, grid.height]).toEqual([7, 7]);
    expect(pixel(grid, 1, 1)).toEqual([1, 2, 3, 0]);
    expect(pixel(grid, 4, 4)).toEqual([128, 128, 128, 255]);
  });

  test("every byte survives a round trip through −1..1", () => {
    const data = Float32Array.from({ length: 256 }, (_, i) => i / 127.5 - 1);
    const grid = imageGrid({ data, count: 1, channels: 1, height: 16, width: 16 }, { padding: 0 });
    for (let i = 0; i < 256; i++) expect(grid.data[4 * i]).toBe(i);
  });

  test("a PNG decodes to the same pixels", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 60, maxLength: 60 }),
        (count, values) => {
          const data = Float64Array.from(values.slice(0, count * 12));
          const grid = imageGrid({ data, count, channels: 3, height: 2, width: 2 });
          const file = encodePng(grid);
          const { width, height, channels, data: back } = decode(file);
          expect([width, height, channels]).toEqual([grid.width, grid.height, 4]);
          expect([...back]).toEqual([...grid.data]);
          expect(encodePng(grid)).toEqual(file);
        },
      ),
      { seed: 1, numRuns: 30 },
    );
  });

  test("bad input", () => {
    const good = solid(colours, 2, 3);
    expect(() => imageGrid({ ...good, channels: 4 })).toThrow(/channels is 4/);
    expect(() => imageGrid({ ...good, count: 4 })).toThrow(/data has 54 numbers; 4×3×2×3 is 72/);
    expect(() => imageGrid({ ...good, data: good.data.map((x, i) => (i === 20 ? Number.NaN : x)) })).toThrow(
      /Image 1 holds NaN/,
    );
    expect(() => imageGrid({ ...good, data: good.data.map((x, i) => (i === 40 ? -Infinity : x)) })).toThrow(
      /Image 2 holds -Infinity/,
    );
    expect(() => imageGrid({ ...good, data: Array.from(good.data) as never })).toThrow(/data is Array/);
    expect(() => imageGrid(good, { column: 2 } as never)).toThrow(/no option "column"; it takes columns, padding/);
    expect(() => encodePng({ width: 2, height: 2, data: new Uint8ClampedArray(12) })).toThrow(
      /data has 12 bytes; 2×2 pixels of 4 are 16/,
    );
    expect(() => imageGrid(good, { columns: 0 })).toThrow(/columns is 0/);
    expect(() => imageGrid(good, { background: [0, 0, 0, 256] })).toThrow(/background is 256.*0\.\.255/);
  });
});
