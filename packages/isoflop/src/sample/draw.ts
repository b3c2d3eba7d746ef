import type { DataSource } from "@isoflop/data";
import { classifierFreeGuidance, sampler, solvers } from "@isoflop/diffusion";
import type { Sample } from "@isoflop/plot";
import { canonicalJson } from "@isoflop/spec";
import { runId, trainingOf } from "@isoflop/sweep";
import { type Device, leavesOf, random, type Tensor } from "@isoflop/tensor";
import { averagedWeights, buildObjective, modelOf, packTree } from "@isoflop/train";
import { inputError } from "../exit.js";
import type { TrainedModel } from "./find.js";

export interface DrawOptions {
  readonly device: Device;
  /** What the model learned from: its words and, where no captions are given, its validation captions. */
  readonly source: DataSource;
  readonly captions: readonly string[];
  /** 1 follows the caption as learnt, above 1 exaggerates it. */
  readonly guidance: number;
  readonly steps: number;
  readonly solver: string;
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (done: number, of: number) => void;
}

/**
 * Pictures of the averaged weights for captions; the same options give the same pixels on the same kind of device.
 * @throws CliError for a checkpoint of another run, a word that the model does not know, or captions for a model without
 */
export const draw = async (
  { spec, checkpoint }: Pick<TrainedModel, "spec" | "checkpoint">,
  options: DrawOptions,
): Promise<Sample[]> => {
  const { device, source, captions, guidance, steps, seed, signal, onProgress } = options;
  if (checkpoint.spec !== canonicalJson(trainingOf(spec)))
    throw inputError(
      `the checkpoint of step ${checkpoint.step} in the folder of run ${runId(spec)} is of another run; put it back where it was made`,
    );
  const count = captions.length;
  if (spec.model.context.kind === "none" && captions.some((caption) => caption !== ""))
    throw inputError("the model takes no captions; leave out --caption");
  const words = new Int32Array(count * source.captionLength);
  captions.forEach((caption, i) => {
    words.set(encode(source, caption), i * source.captionLength);
  });
  const model = modelOf(spec);
  const params = averagedWeights(checkpoint, packTree(model.init(random.key(0))), device);
  const guided = classifierFreeGuidance((x, t, condition) => model.apply(params, x, t, condition), { scale: guidance });
  const objective = buildObjective(spec.objective);
  const drawing = sampler(guided, { objective, solver: solvers.build(options.solver), device });
  const condition = device.tensor(words, [count, source.captionLength]);
  const unconditional = device.tensor(new Int32Array(words.length), [count, source.captionLength]);
  const noise = random.normal(random.key(seed), [count, ...source.shape]) as Tensor;
  device.evaluate(noise);
  const result = await drawing.run(
    { condition, unconditional },
    { noise, steps, ...(signal && { signal }), onStep: ({ step }) => onProgress?.(step, steps) },
  );
  const pixels = (await result.data()) as Float32Array;
  for (const tensor of [result, noise, condition, unconditional, ...leavesOf(params)]) tensor.dispose();
  drawing.dispose();
  const [channels, height, width] = source.shape;
  const size = channels * height * width;
  return captions.map((caption, i) => ({
    caption,
    width,
    height,
    layout: "chw",
    pixels: pixels.slice(i * size, (i + 1) * size),
  }));
};

const encode = ({ vocabulary, captionLength, name }: DataSource, caption: string): Int32Array => {
  try {
    return vocabulary.encode(caption, captionLength);
  } catch (error) {
    throw inputError(`--caption for a model of ${name}: ${(error as Error).message.replace(/^caption: /, "")}`);
  }
};
