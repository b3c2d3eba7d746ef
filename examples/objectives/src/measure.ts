import type { DataSource } from "@isoflop/data";
import {
  type Denoiser,
  edmPath,
  loss,
  type Objective,
  objective,
  quantiles,
  translated,
  uniform,
} from "@isoflop/diffusion";
import { type Device, type JitArguments, jit, leavesOf, random, type Tensor } from "@isoflop/tensor";
import { type Captions, type MeanLoss, stratifiedMean, uploadCaptions } from "@isoflop/train";

/** A model as it was trained: what it predicts, and of what. */
export interface Trained {
  readonly aim: Objective;
  /** x_t, t and captions to a prediction. */
  readonly model: (x: Tensor, t: Tensor, captions: Captions) => Tensor;
}

/** Pictures that no model was trained on, with the noise that every model meets. */
export interface HeldOut {
  readonly device: Device;
  readonly count: number;
  readonly inputs: { readonly x: Tensor; readonly noise: Tensor; readonly captions: Captions };
  dispose(): void;
}

const NOISE_SEED = 5;

export const heldOutOf = (device: Device, data: DataSource, count: number): HeldOut => {
  const batch = data.batch("validation", 0, count);
  const shape = [count, ...data.shape];
  const noise = random.normal(random.key(NOISE_SEED), shape) as Tensor;
  device.evaluate(noise);
  const inputs = { x: device.tensor(batch.images, shape), noise, captions: uploadCaptions(device, data, batch, count) };
  const dispose = () => leavesOf(inputs).forEach((tensor) => void tensor.dispose());
  return { device, count, inputs, dispose };
};

/** The losses of an objective, of a model of any other, for each picture at its time: compiled once for all times. */
const meter = ({ aim, model }: Trained, of: Objective, { device, inputs }: HeldOut) => {
  const measured = jit((t: Tensor, { x, noise, captions }: HeldOut["inputs"]): Tensor => {
    const own: Denoiser = (xt, time) => model(xt, time, captions);
    return loss(of, of === aim ? own : translated(own, aim, of), { x, noise, t });
  });
  return {
    async at(times: readonly number[]): Promise<Float32Array> {
      const t = device.tensor(Float32Array.from(times));
      const losses = measured(t as JitArguments<Tensor>, inputs as JitArguments<HeldOut["inputs"]>);
      const found = (await losses.data()) as Float32Array;
      for (const tensor of [t, losses]) tensor.dispose();
      return found;
    },
    [Symbol.dispose]: () => measured.dispose(),
  };
};

export interface AtNoise extends MeanLoss {
  /** σ / α. */
  readonly noise: number;
}

const SIGMA_MAX = 80;
/** The data themselves are asked for, on EDM's path, where time is σ: an error that no model's path has a part in. */
const denoising = objective({ path: edmPath({ sigmaMax: SIGMA_MAX }), prediction: "data", density: uniform() });

const meanOf = (losses: Float32Array): MeanLoss => {
  const mean = losses.reduce((sum, x) => sum + x, 0) / losses.length;
  const squares = losses.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return { mean, stdErr: Math.sqrt(squares / (losses.length - 1) / losses.length) };
};

/** Mean squared error of the data that a model takes x_t for, a number of a pixel, at each of some ratios of noise to signal. */
export const denoisingErrors = async (trained: Trained, noises: readonly number[], heldOut: HeldOut) => {
  using errors = meter(trained, denoising, heldOut);
  const found: AtNoise[] = [];
  for (const noise of noises)
    found.push({ noise, ...meanOf(await errors.at(new Array<number>(heldOut.count).fill(noise / SIGMA_MAX))) });
  return found;
};

/** The loss of an objective, of a model of any: at the same pictures, noise and quantiles of its times for all. */
export const lossIn = async (of: Objective, trained: Trained, heldOut: HeldOut): Promise<MeanLoss> => {
  using losses = meter(trained, of, heldOut);
  return stratifiedMean(await losses.at(quantiles(of.density, heldOut.count)));
};
