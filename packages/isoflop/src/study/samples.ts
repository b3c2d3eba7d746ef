import { join } from "node:path";
import type { DataSource } from "@isoflop/data";
import { classifierFreeGuidance, heun, sampler } from "@isoflop/diffusion";
import { dit } from "@isoflop/dit";
import type { Sample } from "@isoflop/plot";
import type { GridRun } from "@isoflop/sweep";
import { type Device, leavesOf, random, type Tensor } from "@isoflop/tensor";
import { averagedWeights, packTree } from "@isoflop/train";
import { fileCheckpoints } from "@isoflop/train/node";
import type { Preset } from "./preset.js";

/** Generated pictures for captions of the validation split, and the validation pictures of the same captions. */
export const drawSamples = async (
  run: Pick<GridRun, "id" | "spec">,
  {
    out,
    device,
    source,
    preset,
    seed,
  }: { out: string; device: Device; source: DataSource; preset: Pick<Preset, "samples">; seed: number },
): Promise<Sample[]> => {
  const { checkpoint } = await fileCheckpoints(join(out, "runs", run.id, "checkpoints")).latest();
  if (!checkpoint) return [];
  const { count, steps, guidance } = preset.samples;
  const model = dit(run.spec.model);
  const params = averagedWeights(checkpoint, packTree(model.init(random.key(0))), device);
  const { images, captions } = source.batch("validation", 0, count);
  const guided = classifierFreeGuidance((x, t, condition) => model.apply(params, x, t, condition), { scale: guidance });
  const draw = sampler(guided, { solver: heun(), device });
  const condition = device.tensor(captions, [count, source.captionLength]);
  const unconditional = device.tensor(new Int32Array(captions.length), [count, source.captionLength]);
  const noise = random.normal(random.key(seed), [count, ...source.shape]) as Tensor;
  device.evaluate(noise);
  const result = await draw.run({ condition, unconditional }, { noise, steps });
  const pixels = (await result.data()) as Float32Array;
  for (const tensor of [result, noise, condition, unconditional, ...leavesOf(params)]) tensor.dispose();
  draw.dispose();
  const [, height, width] = source.shape;
  const size = 3 * height * width;
  const picture =
    (group: string, all: Float32Array) =>
    (_: unknown, i: number): Sample => ({
      group,
      caption: source.caption("validation", i),
      width,
      height,
      layout: "chw",
      pixels: all.slice(i * size, (i + 1) * size),
    });
  const shown = Array.from({ length: count });
  return [
    ...shown.map(picture("Generated", pixels)),
    ...shown.slice(0, count / 2).map(picture("Validation data", images)),
  ];
};
