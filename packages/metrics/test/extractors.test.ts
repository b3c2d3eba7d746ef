import type { Device } from "@isoflop/tensor";
import { expect, test } from "vitest";
import { type ExtractorImages, extractors } from "../src/index.js";

/** Pixels need no device. */
const nowhere = {} as Device;

const images = (count: number, channels: number, height: number, width: number): ExtractorImages => ({
  ...{ count, channels, height, width },
  data: Float32Array.from({ length: count * channels * height * width }, (_, i) => Math.sin(i * i)),
});

const featuresOf = async (options: object, given: ExtractorImages) => {
  const extractor = extractors.build({ kind: "pixels", size: 8, channels: 3, ...options });
  const features = await (await extractor.load(nowhere)).features(given);
  expect(features).toHaveLength(given.count * extractor.dim);
  return features;
};

test("pixels of the size asked for stay as they are", async () => {
  const given = images(3, 3, 8, 8);
  expect(await featuresOf({}, given)).toEqual(Float64Array.from(given.data));
});

test("each pixel is the mean of the area that it covers, whole and in part", async () => {
  const halved = await featuresOf(
    { size: 2, channels: 1 },
    { ...images(1, 1, 4, 4), data: Float32Array.from({ length: 16 }, (_, i) => i) },
  );
  expect([...halved]).toEqual([2.5, 4.5, 10.5, 12.5]);
  // Three in a row on two: the middle one counts by half to either.
  const thirds = await featuresOf(
    { size: 2, channels: 1 },
    { ...images(1, 1, 2, 3), data: Float32Array.of(3, 6, 9, 0, 0, 0) },
  );
  expect([...thirds]).toEqual([4, 8, 0, 0].map((value) => expect.closeTo(value, 12)));
});

test("a picture keeps its mean whatever the sizes", async () => {
  for (const [height, width, size] of [
    [5, 7, 3],
    [4, 4, 6],
    [9, 2, 4],
  ] as const) {
    const given = images(1, 3, height, width);
    const mean = (values: ArrayLike<number>) =>
      Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(await featuresOf({ size }, given))).toBeCloseTo(mean(given.data), 12);
  }
});

test("grey counts as any channel, and equal images have equal rows whatever the batch", async () => {
  const given = images(2, 1, 8, 8);
  const spread = await featuresOf({ size: 4 }, given);
  for (const channel of [1, 2]) expect(spread.slice(16 * channel, 16 * channel + 16)).toEqual(spread.slice(0, 16));
  const alone = await featuresOf({ size: 4 }, { ...given, count: 1, data: given.data.slice(64) });
  expect(alone).toEqual(spread.slice(48));
});

test("the name says the resize rule, and options and images outside their range are refused", async () => {
  expect(extractors.build("pixels")).toMatchObject({ name: "pixels@8-box", dim: 192 });
  expect(extractors.build({ kind: "pixels", size: 4, channels: 4 })).toMatchObject({ name: "pixels@4-box-4", dim: 64 });
  expect(await extractors.build("pixels").digest()).toBe("");
  await expect(featuresOf({}, images(1, 2, 8, 8))).rejects.toThrow(/images have 2 channels.*takes 3, or 1 for grey/);
  await expect(featuresOf({}, { ...images(1, 3, 8, 8), count: 2 })).rejects.toThrow(/192 numbers; 2×3×8×8 is 384/);
  const bad = images(2, 3, 8, 8);
  bad.data[200] = Number.NaN;
  await expect(featuresOf({}, bad)).rejects.toThrow(/Image 1 holds NaN; every number must be finite/);
  expect(() => extractors.build("pixel")).toThrow(/no extractor "pixel", did you mean "pixels"/);
});
