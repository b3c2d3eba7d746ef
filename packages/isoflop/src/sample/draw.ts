import type { DataSource } from "@isoflop/data";
import { classifierFreeGuidance, grids, sampler, solvers } from "@isoflop/diffusion";
import type { Sample } from "@isoflop/plot";
import { canonicalJson } from "@isoflop/spec";
import { runId, trainingOf } from "@isoflop/sweep";
import { type Device, leavesOf, random, type Tensor } from "@isoflop/tensor";
import { averagedWeights, buildObjective, type Captions, emptyCaptions, modelOf, packTree } from "@isoflop/train";
import { inputError } from "../exit.js";
import { type Asked, askedCaptions, captionsOn } from "./captions.js";
import type { TrainedModel } from "./find.js";
import { picturesOf } from "./pictures.js";

export interface DrawOptions {
  readonly device: Device;
  /** What the model learned from: its words and its validation captions. */
  readonly source: DataSource;
  /** Words, or the numbers of captions of the validation split: vectors cannot be typed. The empty text is the empty caption. */
  readonly captions: readonly Asked[];
  /** 1 follows the caption as learnt, above 1 exaggerates it. */
  readonly guidance: number;
  /** Times [from, to] at which to guide. Default: all. */
  readonly guidanceInterval?: readonly [from: number, to: number];
  /** How many of the channels are guided, from the first. Default: all. */
  readonly guidanceChannels?: number;
  readonly steps: number;
  /** The name or the record of a solver. */
  readonly solver: Parameters<typeof solvers.build>[0];
  /** The name or the record of what places the steps. Default: equal ones. */
  readonly grid?: Parameters<typeof grids.build>[0];
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
  /** @param evaluations how often the network has been asked */
  readonly onProgress?: (done: number, of: number, evaluations: number) => void;
}

/**
 * What the averaged weights draw for captions, latents not decoded; the same options give the same pixels on the same kind of device.
 * @throws CliError for a checkpoint of another run, a word that the model does not know, a number past the
 * validation split, words for a model that reads vectors, or captions for a model without
 */
export const draw = async (
  { spec, checkpoint }: Pick<TrainedModel, "spec" | "checkpoint">,
  options: DrawOptions,
): Promise<Sample[]> => {
  const { device, source, captions, guidance, guidanceInterval, guidanceChannels, steps, seed, signal, onProgress } =
    options;
  if (checkpoint.spec !== canonicalJson(trainingOf(spec)))
    throw inputError(
      `the checkpoint of step ${checkpoint.step} in the folder of run ${runId(spec)} is of another run; put it back where it was made`,
    );
  const told = askedCaptions(spec.model.context, source, captions);
  const { texts } = told;
  const count = texts.length;
  const model = modelOf(spec);
  const params = averagedWeights(checkpoint, packTree(model.init(random.key(0))), device);
  const guided = classifierFreeGuidance<Captions>((x, t, condition) => model.apply(params, x, t, condition), {
    scale: guidance,
    ...(guidanceInterval && { interval: guidanceInterval }),
    ...(guidanceChannels !== undefined && { channels: guidanceChannels }),
  });
  const objective = buildObjective(spec.objective);
  const drawing = sampler(guided, { objective, solver: solvers.build(options.solver), device });
  const condition = captionsOn(device, spec.model.context, source, told);
  const unconditional = emptyCaptions(device, source, count, model.reads);
  const noise = random.normal(random.key(seed), [count, ...source.shape]) as Tensor;
  device.evaluate(noise);
  const result = await drawing.run(
    { condition, unconditional },
    {
      ...{ noise, steps, key: random.foldIn(random.key(seed), 1) },
      ...(options.grid !== undefined && { grid: grids.build(options.grid) }),
      ...(signal && { signal }),
      onStep: (state) => onProgress?.(state.step, state.steps, state.evaluations),
    },
  );
  const pixels = (await result.data()) as Float32Array;
  for (const tensor of [result, noise, ...leavesOf([condition, unconditional, params])]) tensor.dispose();
  drawing.dispose();
  return picturesOf(pixels, source.shape, texts);
};
