import { createDevice, type Device, random, type Tensor, valueAndGrad } from "@isoflop/tensor";
import { expect, test } from "vitest";
import { ddpm, denoiser, discretePath, loss, objectiveOn, respaced } from "../../src/index.js";
import { relativeError } from "../relative-error.js";
import { type Toy, toyNetwork } from "../toy.js";

const presets = [
  ["a learned variance", ddpm({ variance: "learnedRange" })],
  ["the bound", ddpm({ variance: "learnedRange", schedule: "cosine", loss: "rescaledKl" })],
  ["no signal at the end", ddpm({ zeroTerminalSnr: true })],
] as const;

/** Losses and gradients of the same numbers on any device. */
const measured = async (device: Device, [, preset]: (typeof presets)[number]) => {
  const aim = objectiveOn(preset, device);
  const channels = preset.variance === "learnedRange" ? 4 : 2;
  const key = random.split(random.key(5), 7) as random.Key[];
  const read = async (x: Tensor) => device.tensor((await x.data(device)) as Float32Array, x.shape) as Tensor;
  const given = (i: number, shape: readonly number[]) => read(random.normal(key[i]!, shape).mul(0.5) as Tensor);
  const toy: Toy = {
    w1: await given(0, [8, 2]),
    b1: await given(1, [8]),
    u: await given(2, [8]),
    w2: await given(3, [channels, 8]),
    b2: await given(4, [channels]),
  };
  const batch = {
    x: await given(5, [4, 2, 3, 3]),
    noise: await given(6, [4, 2, 3, 3]),
    t: device.tensor([0.002, 0.25, 0.6, 1]),
  };
  const { extra, gradient } = valueAndGrad((weights: Toy) => {
    const each = loss(
      aim,
      denoiser(aim, (x, t) => toyNetwork(weights, x, t)),
      batch,
    );
    return [each.mean(), each] as const;
  })(toy);
  const all = [extra, ...Object.values(gradient)] as Tensor[];
  return Promise.all(all.map(async (tensor) => Array.from(await tensor.data())));
};

test.each(presets)("DDPM's losses of %s are those of the reference on WebGPU", async (...preset) => {
  using device = await createDevice("webgpu");
  using reference = await createDevice("reference");
  const [found, right] = [await measured(device, preset as never), await measured(reference, preset as never)];
  found.forEach((values, i) => void expect(relativeError(values, right[i]!)).toBeLessThan(2e-5));
});

test("tables of steps are read on WebGPU", async () => {
  using device = await createDevice("webgpu");
  const path = respaced(discretePath({ schedule: "cosine" }), "50");
  const times = Array.from({ length: 50 }, (_, i) => (i + 1) / 50);
  const { alpha, sigma, index } = path.on(device).at(device.tensor(times));
  const column = async (tensor: Tensor | number | undefined) => Array.from(await (tensor as Tensor).data());
  const [alphas, sigmas, indices] = [await column(alpha), await column(sigma), await column(index)];
  times.forEach((t, i) => {
    const right = path.at(t);
    expect(Math.abs(alphas[i]! / (right.alpha as number) - 1)).toBeLessThan(1e-6);
    expect(Math.abs(sigmas[i]! / (right.sigma as number) - 1)).toBeLessThan(1e-6);
    expect(indices[i]).toBe(path.indices[i]);
  });
});
