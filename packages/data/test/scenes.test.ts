import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allocateBatch, type SceneSplit, scenes, selectSprites, shapeScenes, shapeSheet } from "../src/index.js";

const source = shapeScenes({ size: 16, seed: 5 });
const splits: readonly SceneSplit[] = ["train", "validation", "validation-emoji"];
const values = 3 * 16 * 16;

describe("determinism", () => {
  it("gives the same images in any chunks, in any order, from any instance", () => {
    const whole = new Map(splits.map((split) => [split, source.batch(split, 0, 64)]));
    const other = shapeScenes({ size: 16, seed: 5 });
    fc.assert(
      fc.property(fc.constantFrom(...splits), fc.nat(63), fc.nat(63), (split, a, b) => {
        const [start, end] = [Math.min(a, b), Math.max(a, b)];
        const part = other.batch(split, start, end - start);
        const { images, captions } = whole.get(split)!;
        expect(sameBits(part.images, images.subarray(start * values, end * values))).toBe(true);
        expect(sameBits(part.captions, captions.subarray(start * 6, end * 6))).toBe(true);
      }),
    );
  });

  it("fills the given arrays wholly, whatever was in them", () => {
    const out = allocateBatch(source, 8);
    out.images.fill(Number.NaN);
    out.captions.fill(-1);
    expect(source.batch("train", 3, 8, out)).toBe(out);
    expect(out).toEqual(source.batch("train", 3, 8));
  });

  it("reaches indices above 2^32", () => {
    const far = source.batch("train", 2 ** 40, 1);
    expect(far).toEqual(source.batch("train", 2 ** 40, 1));
    expect(far.images).not.toEqual(source.batch("train", 0, 1).images);
  });

  it("draws training scenes by seed, and validation scenes for all seeds alike", () => {
    const other = shapeScenes({ size: 16, seed: 6 });
    expect(other.batch("train", 0, 4)).not.toEqual(source.batch("train", 0, 4));
    expect(other.batch("validation", 0, 4)).toEqual(source.batch("validation", 0, 4));
    expect(other.batch("validation-emoji", 0, 4)).toEqual(source.batch("validation-emoji", 0, 4));
  });

  it("does not run out", () => {
    expect(source.size("train")).toBe(Number.POSITIVE_INFINITY);
    expect(source.epoch("train", 1e12)).toBe(0);
    const { images } = source.batch("train", 0, 500);
    const seen = new Set(Array.from({ length: 500 }, (_, i) => images.slice(i * values, (i + 1) * values).join()));
    expect(seen.size).toBe(500);
  });
});

describe("splits", () => {
  /** All that a picture shows except the background's shade: which pixels are not background, and the caption. */
  const layoutsOf = (few: ReturnType<typeof scenes>, split: SceneSplit, start: number, count: number): Set<string> => {
    const { images } = few.batch(split, start, count);
    return new Set(
      Array.from({ length: count }, (_, i) => {
        const red = images.subarray(i * values, i * values + 256);
        const background = mode(red);
        return `${few.caption(split, start + i)} ${red.map((value) => (value === background ? 0 : 1)).join("")}`;
      }),
    );
  };

  it("never show a validation layout in training, though training layouts recur", () => {
    const few = scenes(selectSprites(shapeSheet(), ["red ring", "blue cross", "pink moon", "white heart"]), {
      size: 16,
    });
    const training = layoutsOf(few, "train", 0, 6000);
    const recurring = layoutsOf(few, "train", 6000, 1000);
    const validation = layoutsOf(few, "validation", 0, 1000);
    expect([...recurring].filter((layout) => training.has(layout)).length).toBeGreaterThan(100);
    expect([...validation].filter((layout) => training.has(layout))).toEqual([]);
  });

  it("hold out sprites by name", () => {
    const { heldOut, sprites } = source.describe().settings;
    const held = heldOut as readonly string[];
    expect(held.length).toBe(6);
    const known = (sprites as readonly string[]).filter((name) => !held.includes(name));
    for (const split of ["train", "validation"] as const) {
      const captions = Array.from({ length: 2000 }, (_, i) => source.caption(split, i));
      expect(captions.filter((caption) => held.some((name) => caption.includes(name)))).toEqual([]);
    }
    const captions = Array.from({ length: 500 }, (_, i) => source.caption("validation-emoji", i));
    expect(captions.filter((caption) => known.some((name) => caption.includes(name)))).toEqual([]);
    expect(held.filter((name) => !captions.some((caption) => caption.includes(name)))).toEqual([]);
  });
});

describe("bad input", () => {
  it.each([
    [
      () => source.batch("test" as SceneSplit, 0, 1),
      'no split "test"; its splits are train, validation, validation-emoji',
    ],
    [() => source.batch("train", -1, 1), "start is -1"],
    [() => source.batch("train", 0.5, 1), "start is 0.5"],
    [() => source.batch("train", 0, -2), "count is -2"],
    [() => source.batch("train", Number.MAX_SAFE_INTEGER, 2), "start + count"],
    [
      () => source.batch("train", 0, 2, allocateBatch(source, 3)),
      "out.images has 2304 values, 2 images need exactly 1536",
    ],
    [() => source.caption("train", Number.NaN), "index is NaN"],
    [() => shapeScenes({ size: 24 as 16 }), "scenes.size is 24; it must be 16 or 32"],
    [() => shapeScenes({ size: 16, seed: -1 }), "seed is -1"],
    [() => scenes(selectSprites(shapeSheet(), ["red ring"]), { size: 16 }), "at least 4"],
    [() => scenes({ ...shapeSheet(), pixels: new Uint8Array(8) }, { size: 16 }), "8 pixel bytes"],
  ])("%s", (call, message) => {
    expect(call).toThrow(message);
  });

  it("says so when no background shows the sprites", () => {
    const sheet = shapeSheet();
    const invisible = scenes({ ...sheet, pixels: new Uint8Array(sheet.pixels.length) }, { size: 16 });
    expect(() => invisible.batch("train", 0, 1)).toThrow("can be seen on any background");
  });
});

const sameBits = (a: Float32Array | Int32Array, b: Float32Array | Int32Array): boolean => {
  const bytes = ({ buffer, byteOffset, byteLength }: typeof a) => Buffer.from(buffer, byteOffset, byteLength);
  return bytes(a).equals(bytes(b));
};

/** The most frequent value. */
const mode = (list: Float32Array): number => {
  const counts = new Map<number, number>();
  for (const value of list) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best))[0];
};
