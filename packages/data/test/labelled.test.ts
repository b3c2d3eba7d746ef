import { describe, expect, it } from "vitest";
import { type LabelledOptions, labelledImages } from "../src/index.js";

/** Images of one pixel whose red level is their number. */
const numbered = (count: number) => {
  const pixels = Uint8Array.from({ length: count * 3 }, (_, i) => (i % 3 === 0 ? i / 3 : 255));
  return { pixels, labels: Uint8Array.from({ length: count }, (_, i) => i % 2) };
};

const options: LabelledOptions = {
  name: "numbers",
  size: 1,
  classNames: ["even", "odd"],
  train: numbered(100),
  validation: numbered(10),
  provenance: { name: "n", package: null, licence: "MIT", files: [], renderer: "formula", pixelsSha256: null },
};
const source = labelledImages({ ...options, seed: 1 });

const numbers = (images: Float32Array): number[] =>
  Array.from({ length: images.length / 3 }, (_, i) => Math.round((images[i * 3]! + 1) * 127.5));

describe("labelled images", () => {
  it("show every image once per epoch, in another order each time", () => {
    const first = numbers(source.batch("train", 0, 100).images);
    const second = numbers(source.batch("train", 100, 100).images);
    const all = Array.from({ length: 100 }, (_, i) => i);
    expect(first).not.toEqual(all);
    expect(second).not.toEqual(first);
    for (const epoch of [first, second]) expect(epoch.toSorted((a, b) => a - b)).toEqual(all);
  });

  it("count epochs", () => {
    expect([0, 99, 100, 250].map((index) => source.epoch("train", index))).toEqual([0, 0, 1, 2]);
    expect(source.size("train")).toBe(100);
  });

  it("keep image, caption id and sentence together across epochs and chunks", () => {
    const { images, captions } = source.batch("train", 95, 10);
    for (const [i, number] of numbers(images).entries()) {
      expect(source.vocabulary.words[captions[i]!]).toBe(number % 2 === 0 ? "even" : "odd");
      expect(source.caption("train", 95 + i)).toBe(number % 2 === 0 ? "a photo of an even" : "a photo of an odd");
      expect(numbers(source.batch("train", 95 + i, 1).images)).toEqual([number]);
      expect([...source.vocabulary.encode(source.caption("train", 95 + i), 1)]).toEqual([captions[i]]);
    }
  });

  it("order training by seed and validation for all seeds alike", () => {
    const other = labelledImages({ ...options, seed: 2 });
    expect(other.batch("train", 0, 20)).not.toEqual(source.batch("train", 0, 20));
    expect(other.batch("validation", 0, 10)).toEqual(source.batch("validation", 0, 10));
  });

  it("end validation after one pass", () => {
    expect(() => source.batch("validation", 8, 3)).toThrow(
      'index 10 is past the end of "validation", which has 10 images',
    );
    expect(() => source.caption("validation", 10)).toThrow("past the end");
    expect(source.batch("validation", 10, 0).images.length).toBe(0);
  });

  it("map 0 … 255 to -1 … 1", () => {
    const { images } = source.batch("train", 0, 100);
    expect(Math.min(...images)).toBe(-1);
    expect(Math.max(...images)).toBe(1);
  });

  it("refuse parts that do not fit", () => {
    const broken = { ...options.train, labels: Uint8Array.of(0, 1, 2) };
    expect(() => labelledImages({ ...options, train: broken })).toThrow(
      '"train" has 3 labels and 300 pixel values, expected 9',
    );
    const labels = Uint8Array.from({ length: 100 }, (_, i) => (i === 7 ? 2 : 0));
    expect(() => labelledImages({ ...options, train: { ...options.train, labels } })).toThrow(
      'label 7 of "train" is 2, there are 2',
    );
    expect(() => labelledImages({ ...options, validation: { pixels: new Uint8Array(), labels: [] } })).toThrow(
      "no images",
    );
    expect(() => source.batch("validation-emoji" as "train", 0, 1)).toThrow("its splits are train, validation");
  });
});
