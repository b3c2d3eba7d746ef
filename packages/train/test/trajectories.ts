import { readFileSync } from "node:fs";
import { type Device, jit, openSafetensors, type Tensor } from "@isoflop/tensor";
import { factorsOf } from "../src/groups.js";
import { type OptimizerState, updateParameters } from "../src/optimizer.js";
import { buildOptimizer, type OptimizerSettings } from "../src/optimizers/spec.js";

/** PyTorch's: weights and gradients, and the weights after each of 12 steps in float64. */
export const fixture = await openSafetensors(
  readFileSync(new URL("./fixtures/optim_small.safetensors", import.meta.url)),
);

export const adam = { beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0 };
export const sgd = { kind: "sgd", momentum: 0, dampening: 0, weightDecay: 0 } as const;

/** Settings by PyTorch's trajectories, and their learning rates. */
export const trajectories: Record<string, [settings: OptimizerSettings, learningRate: number]> = {
  "AdamW.0": [{ ...adam, weightDecay: 0.01 }, 0.01],
  "AdamW.1": [{ beta1: 0.8, beta2: 0.95, eps: 1e-3, weightDecay: 0.5 }, 0.01],
  "AdamW.2": [{ ...adam, beta2: 0.99, amsgrad: true }, 0.01],
  "Adam.0": [{ kind: "adam", ...adam, weightDecay: 0.1 }, 0.01],
  "SGD.0": [sgd, 0.1],
  "SGD.1": [{ ...sgd, momentum: 0.9, weightDecay: 0.01 }, 0.1],
  "SGD.2": [{ ...sgd, momentum: 0.9, nesterov: true }, 0.1],
  "SGD.3": [{ ...sgd, momentum: 0.9, dampening: 0.5 }, 0.1],
  "RMSprop.0": [{ kind: "rmsprop", alpha: 0.9, eps: 1e-8, weightDecay: 0 }, 0.01],
};

/** The weights after each step. @param groups whether the vector is split in two groups, of one rate that is half of twice the learning rate */
export const follow = async (
  device: Device,
  settings: OptimizerSettings,
  learningRate: number,
  groups: boolean,
): Promise<number[]> => {
  const vector = (data: Float32Array): Tensor => device.tensor(data) as unknown as Tensor;
  const [start, gradients] = [await fixture.float32("start"), await fixture.float32("grads")];
  const n = start.length;
  const optimizer = buildOptimizer(settings);
  const zeros = optimizer.moments.map((name) => [name, vector(new Float32Array(n))]);
  let state = {
    weights: vector(start),
    average: vector(start),
    ...Object.fromEntries(zeros),
  } as OptimizerState<string>;
  const slots = [0, 1].map((i) => ({ name: `${i}`, shape: [3 + i], offset: 3 * i, size: 3 + i }));
  const halves = [0.5, 0.25].map((factor) => ({ learningRate: factor, weightDecay: 1 }));
  const factors = groups ? factorsOf(halves, slots, device) : undefined;
  const update = jit(
    (s: OptimizerState<string>, g: Tensor, rates: Tensor, blend: Tensor) =>
      updateParameters(s, g, rates, blend, settings, factors),
    { device, donate: [0] },
  );
  const all: number[] = [];
  for (let step = 0; step < 12; step++) {
    const gradient = vector(gradients.slice(step * n, (step + 1) * n));
    state = update(state, gradient, vector(optimizer.rates(step, learningRate)), 0.25);
    all.push(...(await state.weights.data()));
  }
  return all;
};
