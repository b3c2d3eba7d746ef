import { describe, expect, it } from "vitest";
import { backgrounds, type SceneSplit, SHADE_RANGE, shapeScenes, shapeSheet } from "../src/index.js";
import { keyOf } from "../src/random/key.js";
import { Stream } from "../src/random/stream.js";
import { sizesFor } from "../src/scenes/draw.js";
import { places, relations } from "../src/scenes/layout.js";
import { painter, spriteLevels } from "../src/scenes/paint.js";

const source = shapeScenes({ size: 16, seed: 5 });
const sheet = shapeSheet();
const paint = painter(spriteLevels(sheet, sizesFor(16)), 16);
const values = 3 * 16 * 16;

/** E[image | caption, noisy] by painting every layout at every shade of Simpson's rule. */
const bruteForce = (
  prior: SceneSplit | "all",
  caption: Int32Array,
  noisy: Float64Array,
  alpha: number,
  sigma: number,
) => {
  const steps = 240;
  const painted: { image: Float32Array; log: number }[] = [];
  for (const { kind, background, where, objects, probability } of source.layouts(prior, caption))
    for (let k = 0; k <= steps; k++) {
      const image = new Float32Array(values);
      const [first, second = { sprite: "", x: 0, y: 0, size: 0 }] = objects;
      const scene = {
        kind,
        background: backgrounds.findIndex(({ name }) => name === background),
        shade: SHADE_RANGE * ((2 * k) / steps - 1),
        where: Math.max(0, [...(kind === "small" ? places : relations)].indexOf((where ?? "left") as never)),
        first: { ...first!, sprite: sheet.names.indexOf(first!.sprite) },
        second: { ...second, sprite: sheet.names.indexOf(second.sprite) },
      };
      paint(scene, image, 0);
      const squares = image.reduce((sum, x, at) => sum + (noisy[at]! - alpha * x) ** 2, 0);
      const simpson = k === 0 || k === steps ? 1 : k % 2 === 1 ? 4 : 2;
      painted.push({ image, log: Math.log(probability * simpson) - squares / (2 * sigma * sigma) });
    }
  const most = Math.max(...painted.map(({ log }) => log));
  const mean = new Float64Array(values);
  let total = 0;
  for (const { image, log } of painted) {
    const weight = Math.exp(log - most);
    total += weight;
    for (let at = 0; at < values; at++) mean[at]! += weight * image[at]!;
  }
  return mean.map((value) => value / total);
};

/** Normal numbers by Box and Muller. */
const normal = (count: number, seed: number) => {
  const stream = new Stream(keyOf(seed, "noise"));
  stream.seek(0);
  return Float64Array.from(
    { length: count },
    () => Math.sqrt(-2 * Math.log(1 - stream.uniform())) * Math.cos(2 * Math.PI * stream.uniform()),
  );
};

const noisyOf = (split: SceneSplit, index: number, alpha: number, sigma: number) => {
  const { images, captions } = source.batch(split, index, 1);
  const noise = normal(values, index);
  return { caption: captions, noisy: noise.map((value, at) => alpha * images[at]! + sigma * value), images };
};

const indexOf = (split: SceneSplit, kind: string, from = 0): number => {
  let index = from;
  while (source.layout(split, index).kind !== kind) index++;
  return index;
};

describe("the posterior's mean", () => {
  it.each([
    ["validation", "validation", "pair", 0.5],
    ["validation", "validation", "pair", 0.95],
    ["validation", "all", "small", 0.3],
    ["validation", "all", "big", 0.8],
    ["validation", "train", "small", 0.6],
    ["validation-emoji", "validation-emoji", "big", 0.9],
    ["train", "all", "small", 0.999],
  ] as const)(
    "of %s under the prior %s, a %s scene at t = %f: all layouts and shades one by one",
    (split, prior, kind, t) => {
      const [alpha, sigma] = [1 - t, t];
      const { caption, noisy } = noisyOf(split, indexOf(split, kind), alpha, sigma);
      const mean = new Float64Array(values).fill(Number.NaN);
      source.posterior(prior).mean({ caption, noisy, alpha, sigma }, mean);
      const expected = bruteForce(prior, caption, noisy, alpha, sigma);
      expect(Math.max(...mean.map((value, at) => Math.abs(value - expected[at]!)))).toBeLessThan(2e-7);
    },
  );

  it("is the image where there is hardly noise, and the prior's mean where there is nothing else", () => {
    const { caption, noisy, images } = noisyOf("validation", 3, 1, 1e-4);
    const mean = new Float64Array(values);
    source.posterior("all").mean({ caption, noisy, alpha: 1, sigma: 1e-4 }, mean);
    expect(Math.max(...mean.map((value, at) => Math.abs(value - images[at]!)))).toBeLessThan(1e-5);
    source.posterior("validation").mean({ caption, noisy, alpha: 0, sigma: 1 }, mean);
    const expected = bruteForce("validation", caption, noisy, 0, 1);
    expect(Math.max(...mean.map((value, at) => Math.abs(value - expected[at]!)))).toBeLessThan(2e-7);
  });

  it("has no lower error under another prior than the one that images are of, on average", () => {
    const errors = { validation: 0, all: 0, train: 0 };
    const mean = new Float64Array(values);
    for (let i = 0; i < 64; i++) {
      const { caption, noisy, images } = noisyOf("validation", i, 0.4, 0.6);
      for (const prior of ["validation", "all", "train"] as const) {
        source.posterior(prior).mean({ caption, noisy, alpha: 0.4, sigma: 0.6 }, mean);
        errors[prior] += mean.reduce((sum, value, at) => sum + (value - images[at]!) ** 2, 0);
      }
    }
    expect(errors.validation).toBeLessThan(errors.all);
    expect(errors.all).toBeLessThan(errors.train);
  });

  const { caption, noisy } = noisyOf("validation", 0, 0.5, 0.5);
  const out = new Float64Array(values);
  const seen = { caption, noisy, alpha: 0.5, sigma: 0.5 };
  it.each([
    [() => source.posterior("test" as SceneSplit), 'there is no prior "test"'],
    [() => source.posterior("all").mean({ ...seen, sigma: 0 }, out), "sigma is 0, it must be a number above 0"],
    [() => source.posterior("all").mean({ ...seen, alpha: Number.NaN }, out), "alpha is NaN"],
    [() => source.posterior("all").mean({ ...seen, alpha: -1 }, out), "alpha is -1, it must be a number of at least 0"],
    [() => source.posterior("all").mean({ ...seen, noisy: [1] }, out), "noisy has 1 values, an image has 768"],
    [() => source.posterior("all").mean(seen, new Float64Array(9)), "out has 9 values, an image has 768"],
    [() => source.posterior("validation-emoji").mean(seen, out), "no scene of validation-emoji has the caption"],
  ])("%s", (call, message) => {
    expect(call).toThrow(message);
  });
});
