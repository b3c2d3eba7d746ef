import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeSheet, encodeSheet, resizeSheet, type SpriteSheet, selectSprites, shapeSheet } from "../src/index.js";
import { crc32 } from "../src/sprites/crc32.js";

const shapes = shapeSheet();

describe("crc32", () => {
  it("has the standard's check value", () => {
    expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
  });
});

describe("encoding", () => {
  const small = resizeSheet(selectSprites(shapes, ["red circle", "blue heart"]), 4);
  const bytes = encodeSheet(small);

  it("gives the sheet back", () => {
    expect(decodeSheet(bytes)).toEqual(small);
  });

  it("detects any changed byte and any missing end", () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = bytes.slice();
        damaged[at]! ^= change;
        expect(() => decodeSheet(damaged)).toThrow("sprite sheet");
        expect(() => decodeSheet(bytes.slice(0, at))).toThrow("sprite sheet");
      }),
    );
  });

  it("refuses a sheet whose parts do not fit", () => {
    expect(() => encodeSheet({ ...small, cell: 5 })).toThrow("need 200");
    expect(() => encodeSheet({ ...small, names: ["x", "x"] })).toThrow("same name");
  });
});

describe("select", () => {
  it("takes sprites in the asked order", () => {
    const pick = selectSprites(shapes, ["blue heart", "red circle"]);
    expect(selectSprites(pick, ["red circle"]).pixels).toEqual(selectSprites(shapes, ["red circle"]).pixels);
    expect(() => selectSprites(shapes, ["red dog"])).toThrow('no sprite "red dog"');
  });
});

describe("resize", () => {
  const cell = 12;
  const sheetOf = (pixels: Uint8Array): SpriteSheet => ({ ...shapes, names: ["a"], cell, pixels });

  it("leaves a plain sprite plain", () => {
    for (const size of [1, 5, 7, 11, 12])
      expect(resizeSheet(sheetOf(new Uint8Array(cell * cell * 4).fill(93)), size).pixels).toEqual(
        new Uint8Array(size * size * 4).fill(93),
      );
  });

  it("is the box mean where sizes divide", () => {
    const pixels = Uint8Array.from({ length: cell * cell * 4 }, (_, i) => (i * 37) % 251);
    const half = resizeSheet(sheetOf(pixels), cell / 2).pixels;
    const at = (y: number, x: number) => pixels[(y * cell + x) * 4 + 2]!;
    expect(half[(3 * 6 + 1) * 4 + 2]).toBe(Math.round((at(6, 2) + at(6, 3) + at(7, 2) + at(7, 3)) / 4));
  });

  it("keeps the mean up to rounding, whatever the size", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 576, maxLength: 576 }),
        fc.integer({ min: 1, max: 12 }),
        (pixels, size) => {
          const mean = (bytes: Uint8Array) => bytes.reduce((sum, value) => sum + value, 0) / bytes.length;
          expect(Math.abs(mean(resizeSheet(sheetOf(pixels), size).pixels) - mean(pixels))).toBeLessThanOrEqual(
            0.5 + 1e-9,
          );
        },
      ),
    );
  });

  it("only makes smaller", () => {
    expect(() => resizeSheet(shapes, 33)).toThrow("only to 1 … 32");
  });
});
