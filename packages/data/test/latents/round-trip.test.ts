import { writeFileSync } from "node:fs";
import path from "node:path";
import { createDevice } from "@isoflop/tensor";
import fc from "fast-check";
import { expect, it } from "vitest";
import { type DataSpec, type ImageShape, Moments, shapeScenes, unscaled } from "../../src/index.js";
import { openDecoder, openSource } from "../../src/node.js";
import { temporary, tensor, write } from "./files.js";
import { decoderFile, encode, patchPca } from "./patch-pca.js";

it("pictures come back from the latents of a file through the decoder of another, but for what the autoencoder leaves out", async () => {
  const [count, patch, channels] = [192, 2, 4];
  const scenes = shapeScenes({ size: 16, seed: 0 });
  const { images } = scenes.batch("train", 0, count);
  const pca = patchPca(images, scenes.shape, patch, channels);
  const shape: ImageShape = [channels, 8, 8];
  const folder = temporary();
  const latents = write(folder, "latents.safetensors", {
    latents: tensor([count, ...shape], encode(pca, images, scenes.shape)),
    number: tensor(
      [count],
      Array.from({ length: count }, (_, i) => i),
      "I32",
    ),
  });
  writeFileSync(path.join(folder, "decoder.safetensors"), decoderFile(pca));
  // Principal components are around 0, and their deviations are the roots of the variances.
  const decoder = { kind: "safetensors", path: path.join(folder, "decoder.safetensors") };
  const data = {
    ...{ source: "latents", path: latents, labels: "number", validation: 0.1 },
    scale: pca.variances.slice(0, channels).map((variance) => 1 / Math.sqrt(variance)),
    decoder,
  } as DataSpec;
  const source = await openSource(data, { cacheFolder: temporary() });
  expect(source.describe().provenance.remarks!.join()).not.toContain("far from");
  const opened = (await openDecoder(decoder))!;
  expect(opened.shapeOf(shape)).toEqual([3, 16, 16]);
  expect(opened.name).toBe("decoder.safetensors (layers)");

  let [squares, values, most] = [0, 0, 0];
  using device = {
    value: await createDevice("wasm", { wasm: { threads: 1 } }),
    [Symbol.dispose]() {
      this.value.destroy();
    },
  };
  for (const split of ["train", "validation"]) {
    const size = source.size(split);
    const batch = source.batch(split, 0, size);
    const decoded = await opened.decode(unscaled(batch.images, 64, source.latents!), shape, device.value);
    for (let i = 0; i < size; i++) {
      const number = Number(source.caption(split, i));
      for (let v = 0; v < 768; v++) {
        const error = decoded[i * 768 + v]! - images[number * 768 + v]!;
        squares += error ** 2;
        most = Math.max(most, Math.abs(error));
        values++;
      }
    }
  }
  expect(values).toBe(images.length);
  // The mean squared error of a projection is the variance along the axes that it leaves out.
  const left = pca.variances.slice(channels).reduce((sum, variance) => sum + variance, 0) / (3 * patch * patch);
  expect(squares / values).toBeCloseTo(left, 6);
  expect(Math.sqrt(squares / values)).toBeLessThan(0.14);
  expect(most).toBeLessThan(1);
});

it("moments are those of all values at once, also where means are large", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.float({ min: -3, max: 3, noNaN: true }), { minLength: 6, maxLength: 6 }), {
        minLength: 1,
        maxLength: 30,
      }),
      fc.constantFrom(0, 1, 4096),
      (records, mean) => {
        const moments = new Moments(2);
        const shifted = records.map((record) => Float32Array.from(record, (value) => value + mean));
        for (const record of shifted) moments.add(record);
        const { count, means, deviations } = moments.result();
        expect(count).toBe(3 * records.length);
        for (const channel of [0, 1]) {
          const all = shifted.flatMap((record) => [...record.subarray(3 * channel, 3 * channel + 3)]);
          const exact = all.reduce((sum, value) => sum + value, 0) / all.length;
          expect(means[channel]).toBeCloseTo(exact, 9);
          const squares = all.reduce((sum, value) => sum + (value - exact) ** 2, 0);
          expect(deviations[channel]).toBeCloseTo(Math.sqrt(squares / all.length), 9);
        }
      },
    ),
  );
});

it("moments of a ramp and of an alternation have their closed form", () => {
  const moments = new Moments(2);
  const n = 1000;
  for (let i = 0; i < n; i++) moments.add(Float32Array.of(i, i % 2 === 0 ? 5 : -1));
  expect(moments.result()).toEqual({
    count: n,
    means: [(n - 1) / 2, 2].map((mean) => expect.closeTo(mean, 9)),
    deviations: [Math.sqrt((n ** 2 - 1) / 12), 3].map((deviation) => expect.closeTo(deviation, 9)),
  });
});
