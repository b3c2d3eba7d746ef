import { describe, expect, it } from "vitest";
import { backgrounds, shapeScenes } from "../src/index.js";

const width = 32;
const plane = width * width;
const source = shapeScenes({ size: width, seed: 1 });
const count = 600;
const { images, captions } = source.batch("train", 0, count);
const sentences = Array.from({ length: count }, (_, i) => source.caption("train", i));

type Rgb = readonly [number, number, number];

/** Pixel columns and rows of image `i` whose colour satisfies `test`, in levels of 0 … 255. */
const pixelsWhere = (i: number, test: (rgb: Rgb) => boolean): { x: number; y: number }[] => {
  const level = (channel: number, at: number) => (images[(i * 3 + channel) * plane + at]! + 1) * 127.5;
  return Array.from({ length: plane }, (_, at) => at)
    .filter((at) => test([level(0, at), level(1, at), level(2, at)]))
    .map((at) => ({ x: at % width, y: Math.floor(at / width) }));
};

const near = (a: Rgb, b: Rgb, tolerance: number): boolean =>
  a.every((value, channel) => Math.abs(value - b[channel]!) < tolerance);

const rgbOf = (name: string): Rgb => backgrounds.find((background) => background.name === name)!.rgb;

/** The middle and the longer side of the box around some pixels. */
const box = (points: { x: number; y: number }[]): { x: number; y: number; side: number } => {
  const [left, right] = ends(points.map(({ x }) => x));
  const [top, bottom] = ends(points.map(({ y }) => y));
  return { x: (left + right + 1) / 2, y: (top + bottom + 1) / 2, side: Math.max(right - left, bottom - top) + 1 };
};

const ends = (values: number[]): [number, number] => [Math.min(...values), Math.max(...values)];

describe("captions agree with pictures", () => {
  it("as ids and as sentences", () => {
    for (const [i, sentence] of sentences.entries())
      expect(source.vocabulary.encode(sentence, source.captionLength)).toEqual(captions.slice(i * 6, (i + 1) * 6));
  });

  it("in the background", () => {
    for (const [i, sentence] of sentences.entries()) {
      const name = /on an? (\w+) background$/.exec(sentence)![1]!;
      // Shade moves a background by at most 12 levels; it fills more than a fifth of every scene.
      expect(pixelsWhere(i, (rgb) => near(rgb, rgbOf(name), 12.5)).length).toBeGreaterThan(plane / 5);
    }
  });

  it("in what is left of, right of, above and below what", () => {
    const seen = new Set<string>();
    for (const [i, sentence] of sentences.entries()) {
      const match = /^an? (\w+) \w+ (left of|right of|above|below) an? (\w+) \w+ on/.exec(sentence);
      if (match === null || match[1] === match[3]) continue;
      const first = box(pixelsWhere(i, (rgb) => near(rgb, rgbOf(match[1]!), 0.01)));
      const second = box(pixelsWhere(i, (rgb) => near(rgb, rgbOf(match[3]!), 0.01)));
      const gap = { x: second.x - first.x, y: second.y - first.y };
      const along = { "left of": gap.x, "right of": -gap.x, above: gap.y, below: -gap.y }[match[2]!]!;
      expect(along, sentence).toBeGreaterThan(width / 4);
      seen.add(match[2]!);
    }
    expect(seen.size).toBe(4);
  });

  it("in the place and size of single objects", () => {
    const seen = new Set<string>();
    for (const [i, sentence] of sentences.entries()) {
      const match = /^an? (big|small) \w+ \w+(?: (?:on|at|in) the (\w+))? on an? (\w+) background$/.exec(sentence);
      if (match === null) continue;
      const [, size, place, background] = match;
      const { x, y, side } = box(pixelsWhere(i, (rgb) => !near(rgb, rgbOf(background!), 12.5)));
      if (size === "big") expect(side, sentence).toBeGreaterThan(0.59 * width);
      else expect(side, sentence).toBeLessThan(0.59 * width);
      const edge = { left: x, right: width - x, top: y, bottom: width - y }[place ?? ""];
      if (edge !== undefined) expect(edge, sentence).toBeLessThan(0.4 * width);
      if (place === "middle") expect(Math.hypot(x - width / 2, y - width / 2), sentence).toBeLessThan(0.25 * width);
      seen.add(place ?? "big");
    }
    expect(seen).toEqual(new Set(["big", "left", "right", "top", "bottom", "middle"]));
  });

  it("so that nothing is put on its own colour", () => {
    for (const sentence of sentences) {
      const [, objects, background] = /^(.*) on an? (\w+) background$/.exec(sentence)!;
      expect(objects!.split(" ")).not.toContain(background);
    }
  });

  it("with every kind of scene in its share", () => {
    const share = (pattern: RegExp) => sentences.filter((sentence) => pattern.test(sentence)).length / count;
    // Four standard deviations of a share of 600.
    expect(Math.abs(share(/^a big /) - 0.25)).toBeLessThan(0.07);
    expect(Math.abs(share(/^a small /) - 0.25)).toBeLessThan(0.07);
    expect(Math.abs(share(/ left of | right of | above | below /) - 0.5)).toBeLessThan(0.08);
  });
});
