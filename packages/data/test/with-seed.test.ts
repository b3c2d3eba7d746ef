import { describe, expect, it } from "vitest";
import { fingerprint } from "../src/fingerprint.js";
import { labelledImages } from "../src/labelled.js";
import type { DataSource } from "../src/source.js";
import { shapeScenes } from "../src/sprites/shapes.js";

const labelled = (seed: number): DataSource =>
  labelledImages({
    name: "ramp",
    size: 2,
    classNames: ["even", "odd"],
    train: {
      pixels: Uint8Array.from({ length: 20 * 12 }, (_, i) => i % 251),
      labels: Uint8Array.from({ length: 20 }, (_, i) => i % 2),
    },
    validation: { pixels: new Uint8Array(4 * 12), labels: Uint8Array.of(0, 1, 0, 1) },
    provenance: { name: "n", package: null, licence: "MIT", files: [], renderer: "formula", pixelsSha256: null },
    seed,
  });

const shapes = (seed: number): DataSource => shapeScenes({ size: 16, seed });

describe.each([
  ["scenes", shapes],
  ["labelled images", labelled],
])("%s with another seed", (_, open) => {
  it("are what opening them with that seed gives", () => {
    const [asked, opened] = [open(3).withSeed!(8), open(8)];
    expect(asked.describe()).toEqual(opened.describe());
    expect(fingerprint(asked)).toEqual(fingerprint(opened));
    for (const split of asked.splits) {
      expect(asked.batch(split, 0, 4)).toEqual(opened.batch(split, 0, 4));
      expect(asked.caption(split, 2)).toBe(opened.caption(split, 2));
    }
  });

  it("leave the first as it was, and go back to it", () => {
    const first = open(3);
    const before = first.batch("train", 5, 3);
    const other = first.withSeed!(8);
    expect(other.batch("train", 5, 3)).not.toEqual(before);
    expect(first.batch("train", 5, 3)).toEqual(before);
    expect(other.withSeed!(3).batch("train", 5, 3)).toEqual(before);
  });

  it("refuse a seed that is none", () => {
    for (const seed of [-1, 0.5, Number.NaN]) expect(() => open(0).withSeed!(seed)).toThrow(`seed is ${seed}`);
  });
});
