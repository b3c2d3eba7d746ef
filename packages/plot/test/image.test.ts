import { decode } from "fast-png";
import { describe, expect, test } from "vitest";
import { type Sample, samplePng, samplePngUrl } from "../src/index.js";

const two: Sample = {
  caption: "red beside dark cyan",
  width: 2,
  height: 1,
  layout: "hwc",
  pixels: [1, -1, -1, -1, 0, 0.5],
};

describe("sample as PNG", () => {
  test("maps -1 to 0, 0 to 128 and 1 to 255, and grows pixels to squares", () => {
    const { width, height, data, channels } = decode(samplePng(two, 6));
    expect([width, height, channels]).toEqual([6, 3, 3]);
    for (let y = 0; y < 3; y++) {
      for (let x = 0; x < 6; x++) {
        const at = 3 * (6 * y + x);
        expect([...data.slice(at, at + 3)]).toEqual(x < 3 ? [255, 0, 0] : [0, 128, 191]);
      }
    }
  });

  test("planar and interleaved pixels give the same picture", () => {
    const planar: Sample = { ...two, layout: "chw", pixels: Float32Array.of(1, -1, -1, 0, -1, 0.5) };
    expect(samplePng(planar)).toEqual(samplePng(two));
  });

  test("values outside [-1, 1] are clamped", () => {
    expect([...decode(samplePng({ ...two, width: 1, pixels: [7, -7, 0] }, 1)).data]).toEqual([255, 0, 128]);
  });

  test("the URL holds the same bytes", () => {
    const [head, base64] = samplePngUrl(two).split(",");
    expect(head).toBe("data:image/png;base64");
    expect(Uint8Array.from(Buffer.from(base64!, "base64"))).toEqual(samplePng(two));
  });
});
