import type { DataSource } from "@isoflop/data";
import { timeBins } from "@isoflop/diffusion";
import { dit } from "@isoflop/dit";
import { createDevice, type Device, log, random } from "@isoflop/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Network } from "../src/network.js";
import { buildObjective } from "../src/objective.js";
import { trainSpec } from "../src/spec.js";
import { validate } from "../src/validate.js";
import { tinyData, tinySpec } from "./tiny.js";

let device: Device;
beforeAll(async () => {
  device = await createDevice("wasm", { wasm: { threads: 1 } });
});
afterAll(() => device.destroy());

const spec = trainSpec(tinySpec({ validation: { images: 128 } }));
const options = () => ({ ...spec, device, objective: buildObjective(spec.objective), data: tinyData() });

describe("validate", () => {
  it("of a model that says 0 is 1 + mean x², as the noise is fresh, normal and of every sample its own", async () => {
    const model = dit(spec.model);
    const { losses, times, mean, bins } = await validate(model.init(random.key(1)), { ...options(), model });
    const { images } = tinyData().batch("validation", 0, 128);
    const power = (from: number, to: number) =>
      images.subarray(from, to).reduce((sum, x) => sum + x * x, 0) / (to - from);
    expect(losses).toHaveLength(128);
    const perImage = images.length / 128;
    losses.forEach((loss, i) => {
      // 768 values: (noise − x)² has variance 2 + 4 x², so the mean of them a standard deviation of about 0.09.
      const expected = 1 + power(i * perImage, (i + 1) * perImage);
      expect(Math.abs(loss - expected), `image ${i}`).toBeLessThan(0.45);
    });
    expect(Math.abs(mean - 1 - power(0, images.length))).toBeLessThan(0.03);
    expect(new Set(losses).size).toBe(128);
    const { density } = buildObjective(spec.objective);
    expect(bins).toEqual(timeBins(losses, density, 8));
    expect(times).toEqual(Float32Array.from({ length: 128 }, (_, i) => density.quantile((i + 0.5) / 128)));
  });

  it("hands every model the same noisy images at the same times, whatever its weights", async () => {
    const seen = async (factor: number) => {
      const echo: Network<{ scale: ReturnType<Device["tensor"]> }> = {
        init: () => ({ scale: device.tensor([factor]) }),
        apply: ({ scale }, x, t) =>
          x
            .mul(0)
            .add(t.reshape([t.shape[0]!, 1, 1, 1]))
            .mul(scale as never),
      };
      const params = echo.init(random.key(0));
      return (await validate(params, { ...options(), model: echo })).losses;
    };
    // loss(f) = mean (noise − x − f t)² is a parabola in f: three values fix it, and the fourth must lie on it.
    const [l0, l1, l2, l3] = await Promise.all([0, 1, 2, 3].map(seen));
    const { density } = buildObjective(spec.objective);
    for (let i = 0; i < 128; i++) {
      expect(l3![i]! - 3 * l2![i]! + 3 * l1![i]! - l0![i]!).toBeCloseTo(0, 4);
      // Half its second difference is t², and times are quantiles in order.
      const t = Math.sqrt((l2![i]! - 2 * l1![i]! + l0![i]!) / 2);
      expect(t).toBeCloseTo(density.quantile((i + 0.5) / 128), 3);
    }
  });

  it("stops when told", async () => {
    const model = dit(spec.model);
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(validate(model.init(random.key(1)), { ...options(), model, signal })).rejects.toThrow("enough");
  });

  it("names the first image whose loss is not finite, and leaves nothing on the device", async () => {
    const broken: Network<null> = {
      init: () => null,
      // log(0.9 - t) has no value at the latest times alone.
      apply: (_, x, t) => x.add(log(t.mul(-1).add(0.9)).reshape([t.shape[0]!, 1, 1, 1])),
    };
    const { density } = buildObjective(spec.objective);
    const first = Array.from({ length: 128 }, (_, i) => density.quantile((i + 0.5) / 128)).findIndex((t) => t > 0.9);
    const { buffers } = device.memory;
    const attempt = validate(null, { ...options(), model: broken });
    await expect(attempt).rejects.toThrow(`the validation loss of image ${first} of "validation", at t = 0.9`);
    await expect(attempt).rejects.toMatchObject({ name: "TrainError", code: "diverged" });
    const wrong: Network<null> = { ...broken, apply: (_, x) => x.mean([1], { keepDims: true }) as never };
    await expect(validate(null, { ...options(), model: wrong })).rejects.toThrow("the model gives f32 [64, 1, 16, 16]");
    expect(device.memory.buffers).toBe(buffers);
  });

  it("refuses the split that training sees, ragged sets and unknown options", async () => {
    const attempt = (changes: object) => validate(null, { ...options(), model: null as never, ...changes });
    await expect(attempt({ validation: { split: "train", images: 64 } })).rejects.toThrow(
      'validation.split is "train"',
    );
    await expect(attempt({ validation: { split: "validation", images: 100 } })).rejects.toThrow("a multiple of 64");
    await expect(attempt({ images: 64 })).rejects.toThrow('unknown key "images"');
  });

  it.each([
    [100, "can be at most 64"],
    [50, "must be at least 64"],
  ])("refuses more images than the %i that a split has, and tells how many there can be", async (size, right) => {
    const model = dit(spec.model);
    const data: DataSource = { ...tinyData(), splits: ["validation"], size: () => size };
    const attempt = validate(model.init(random.key(1)), { ...options(), model, data });
    await expect(attempt).rejects.toThrow(`validation.images is 128 and ${right}, unless the data hold out more`);
  });
});
