import type { DataSource } from "@isoflop/data";
import { classifierFreeGuidance, type Objective, sampler } from "@isoflop/diffusion";
import type { Dit, DitParams } from "@isoflop/dit";
import { type Device, leavesOf, random, type Tensor } from "@isoflop/tensor";
import { averagedWeights, type Checkpoint, packTree } from "@isoflop/train";
import type { Picture } from "../messages.js";
import { pictures } from "./pictures.js";

const COUNT = 12;
const GUIDANCE = 2;
const SOLVER_STEPS = 20;

interface Inputs {
  readonly weights: DitParams;
  readonly condition: Tensor;
  readonly unconditional: Tensor;
}

/** Draws the same captions from the same noise whenever it is asked, with the weights of that moment. */
export const createArtist = (device: Device, model: Dit, objective: Objective, data: DataSource) => {
  const size = data.shape[1]!;
  // Held-out layouts: the model has seen each of these emoji, but never these scenes.
  const captions = Array.from({ length: COUNT }, (_, i) => data.caption("validation", i));
  const ids = data.batch("validation", 0, COUNT).captions;
  const words = [COUNT, data.captionLength] as const;
  const condition = device.tensor(ids, words, "i32");
  const unconditional = device.tensor(new Int32Array(ids.length), words, "i32");
  const noise = random.normal(random.key(1), [COUNT, ...data.shape]);
  device.evaluate(noise);
  const packing = packTree(model.init(random.key(0)));
  const guided = sampler(
    (x: Tensor, t: Tensor, { weights, ...conditions }: Inputs) =>
      classifierFreeGuidance((x, t, words) => model.apply(weights, x, t, words), { scale: GUIDANCE })(x, t, conditions),
    { device, objective },
  );
  return {
    async draw(checkpoint: Checkpoint): Promise<Picture[]> {
      const weights = averagedWeights(checkpoint, packing, device);
      const images = await guided.run({ weights, condition, unconditional }, { noise, steps: SOLVER_STEPS });
      const values = (await images.data()) as Float32Array;
      for (const tensor of [images, ...leavesOf(weights)]) tensor.dispose();
      return pictures(values, captions, size);
    },
  };
};
