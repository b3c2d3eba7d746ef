import { type DataSource, shapeScenes } from "@isoflop/data";
import {
  cosinePath,
  logitNormal,
  minSnr,
  objective,
  pairedDifference,
  timeBins,
  uniform,
  vpPath,
} from "@isoflop/diffusion";
import { createDevice, type Device, random } from "@isoflop/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bayesLoss } from "../src/bayes-loss.js";
import type { Network } from "../src/network.js";
import { buildObjective } from "../src/objective.js";
import { validate } from "../src/validate.js";
import { bestNetwork, type Formula, linearGaussian, variances } from "./linear-gaussian.js";

let device: Device;
beforeAll(async () => {
  device = await createDevice("wasm", { wasm: { threads: 1 } });
});
afterAll(() => device.destroy());

const validation = { split: "validation", images: 256 };
const flow = buildObjective("rectifiedFlow");

describe("bayesLoss of linear-Gaussian data", () => {
  it.each([
    ["rectified flow", flow],
    ["EDM", buildObjective("edm")],
    ["DDPM's steps", buildObjective("ddpm")],
    [
      "noise on the cosine path, min-SNR",
      objective({ path: cosinePath(), prediction: "noise", weighting: minSnr(), density: uniform() }),
    ],
    [
      "v on the VP path, measured in the data",
      objective({ path: vpPath(), prediction: "v", errorIn: "data", density: logitNormal() }),
    ],
  ])("is what `validate` measures of the best network, the mean to 1e-6: %s", async (_, aim) => {
    const data = linearGaussian();
    const model = bestNetwork(aim, device);
    const measured = await validate(model.init(random.key(0)), { device, model, objective: aim, data, validation });
    const best = await bayesLoss({ objective: aim, data, validation, device });
    expect(Math.abs(measured.mean / best.mean - 1)).toBeLessThan(1e-6);
    expect(Math.abs(measured.stdErr / best.stdErr - 1)).toBeLessThan(1e-5);
    // Single losses have the rounding of f32 where hardly any error is left.
    for (const [i, loss] of best.losses.entries())
      expect(Math.abs(measured.losses[i]! - loss), `sample ${i}`).toBeLessThan(1e-4 * loss + 1e-6);
  });

  it("averages to its closed form: velocity's is the mean of λ / ((1 − t)² λ + t²) over directions", async () => {
    const images = 64 * 512;
    const { mean, stdErr, times, bins } = await bayesLoss({
      ...{ objective: flow, data: linearGaussian(), device },
      validation: { split: "validation", images },
    });
    const expected = (t: number) =>
      variances.reduce((sum, variance) => sum + variance / ((1 - t) ** 2 * variance + t * t), 0) / 16;
    const average = (part: Float32Array) => part.reduce((sum, t) => sum + expected(t), 0) / part.length;
    expect(stdErr).toBeLessThan(0.005 * mean);
    expect(Math.abs(mean - average(times))).toBeLessThan(3 * stdErr);
    for (const [k, bin] of bins.entries())
      expect(Math.abs(bin.mean - average(times.subarray((k * images) / 8, ((k + 1) * images) / 8)))).toBeLessThan(
        4 * bin.stdErr,
      );
  });

  it("is below that of any other network by more than chance, on the same samples", async () => {
    const data = linearGaussian();
    const best = bestNetwork(flow, device);
    const model: Network<Formula> = { ...best, apply: (...inputs) => best.apply(...inputs).mul(0.9) };
    const options = { device, objective: flow, data, validation };
    const measured = await validate(model.init(random.key(0)), { ...options, model });
    const { mean, stdErr } = pairedDifference(measured.losses, (await bayesLoss(options)).losses);
    expect(mean).toBeGreaterThan(4 * stdErr);
  });
});

describe("bayesLoss of scenes", () => {
  const data = shapeScenes({ size: 16 });
  const options = { objective: flow, data, validation: { split: "validation", images: 64 } };

  it("is least for who knows the held-out layouts, and larger for who takes them for none", async () => {
    const told: [number, number][] = [];
    const all = await bayesLoss({ ...options, onProgress: (...now) => told.push(now) });
    expect(told).toEqual([[64, 64]]);
    expect(all.prior).toBe("all");
    expect(all.bins).toEqual(timeBins(all.losses, flow.density, 8));
    const knowing = await bayesLoss({ ...options, prior: "validation", device });
    const wrong = await bayesLoss({ ...options, prior: "train", device });
    expect(knowing.mean).toBeLessThan(all.mean);
    expect(all.mean).toBeLessThan(0.03);
    expect(wrong.mean).toBeGreaterThan(0.1);
    // Whatever draws the noise, it is the same.
    expect((await bayesLoss({ ...options, device })).losses).toEqual(all.losses);
  });

  it("leaves nothing on the device, and stops when told", async () => {
    const { buffers } = device.memory;
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(bayesLoss({ ...options, device, signal })).rejects.toThrow("enough");
    await bayesLoss({ ...options, device });
    expect(device.memory.buffers).toBe(buffers);
  });

  const { posterior: __, ...found } = data;
  it.each([
    ["data without a posterior", { data: found as DataSource }, "shapes-scenes-16 has no posterior", "TrainError"],
    [
      "a prior that is none",
      { prior: "test" },
      'there is no prior "test"; its priors are train, validation,',
      "RangeError",
    ],
    ["a split that is none", { validation: { split: "test", images: 64 } }, 'has no split "test"', "TrainError"],
    ["training", { validation: { split: "train", images: 64 } }, 'validation.split is "train"', "TrainError"],
    ["ragged sets", { validation: { images: 100 } }, "a multiple of 64", "TrainError"],
    ["unknown options", { images: 64 }, 'unknown key "images"', "TrainError"],
    [
      "a learned variance",
      { objective: buildObjective({ preset: "ddpm", variance: "learnedRange" }) },
      'the loss is "mse" with a learned variance; the least loss is known of squared errors alone',
      "TrainError",
    ],
    [
      "a bound",
      { objective: buildObjective({ preset: "ddpm", loss: "kl" }) },
      'the loss is "kl"; the least loss is known of squared errors alone',
      "TrainError",
    ],
  ])("refuses %s", async (_, changes, message, name) => {
    const attempt = bayesLoss({ ...options, device, ...(changes as object) });
    await expect(attempt).rejects.toThrow(message);
    await expect(attempt).rejects.toMatchObject({ name });
  });
});
