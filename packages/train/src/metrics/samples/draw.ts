import {
  classifierFreeGuidance,
  type GuidanceInputs,
  grids,
  normalBySample,
  type Sampler,
  sampler,
  samplesFrom,
  solvers,
} from "@isoflop/diffusion";
import { leavesOf, random, type Tensor } from "@isoflop/tensor";
import { type Captions, emptyCaptions, uploadCaptions } from "../../captions.js";
import { must } from "../../errors.js";
import { yieldToHost } from "../../host.js";
import type { MetricInputs, PlannedInputs } from "../metric.js";
import type { Sampling } from "./options.js";

/** Image tokens that a model is asked about at once, about: enough to keep threads busy, few enough for a small memory. */
const TOKENS_AT_ONCE = 4096;

const batchOf = ({ spec: { model } }: MetricInputs): number => {
  const tokens = (model.image.height * model.image.width) / model.patch ** 2;
  return Math.max(1, Math.min(64, Math.floor(TOKENS_AT_ONCE / tokens)));
};

/** @throws TrainError `spec` for a solver whose steps depend on all pictures of a batch, or guidance without anything to be guided from */
export const checkSampling = ({ spec }: PlannedInputs, { sampler, guidance }: Sampling): void => {
  const adaptive = solvers.build(sampler).control !== undefined;
  must(
    !adaptive,
    "spec",
    `metric.sampler is "${sampler.kind}"; it must be a solver of given steps, such as "heun": the pictures of one that chooses its own depend on which are drawn at once`,
  );
  if (guidance === 1) return;
  const { context } = spec.model;
  const why =
    context.kind === "none" ? "the model takes no captions" : "training dropped no captions (captionDropout is 0)";
  const learnt = context.kind !== "none" && spec.captionDropout > 0;
  must(learnt, "spec", `metric.guidance is ${guidance}; it must be 1: ${why}, so there is nothing to be guided from`);
};

interface Conditions {
  readonly weights: MetricInputs["weights"];
  readonly given: GuidanceInputs<Captions>;
}

/** The network as a sampler asks it: of guidance 1 about the captions alone, which is half the work. */
const compiled = ({ model, objective, device }: MetricInputs, { sampler: solver, guidance }: Sampling) => {
  const ask = (x: Tensor, t: Tensor, { weights, given }: Conditions): Tensor => {
    const network = (noisy: Tensor, time: Tensor, captions: Captions) => model.apply(weights, noisy, time, captions);
    if (guidance === 1) return network(x, t, given.condition);
    return classifierFreeGuidance<Captions>(network, { scale: guidance })(x, t, given);
  };
  return sampler(ask, { objective, solver: solvers.build(solver), device });
};

/** Which pictures are drawn: from a number on, at most so many at once, which decides nothing of them. */
export interface Drawn {
  readonly first: number;
  readonly count: number;
  readonly batch?: number;
}

/**
 * Pictures of a model, f32 [n, channels, height, width] a batch: the i-th depends on the weights, the caption `from + i` and the seed alone. Those of colours
 * are kept within -1 to 1.
 * @throws TrainError `spec` for what the run was not trained for; DiffusionError `values` where a step gives no finite numbers
 */
export async function* drawPictures(
  inputs: MetricInputs,
  sampling: Sampling,
  { first, count, batch = batchOf(inputs) }: Drawn,
): AsyncIterable<Float32Array> {
  using drawing = compiled(inputs, sampling);
  for (let start = first; start < first + count; start += batch) {
    inputs.signal?.throwIfAborted();
    yield await drawBatch(inputs, sampling, drawing, start, Math.min(batch, first + count - start));
    await yieldToHost();
  }
}

const drawBatch = async (
  { data, device, model, weights, signal }: MetricInputs,
  { split, from, seed, grid, steps }: Sampling,
  drawing: Sampler<Conditions>,
  first: number,
  n: number,
): Promise<Float32Array> => {
  const batch = data.batch(split, from + first, n);
  const given = {
    condition: uploadCaptions(device, data, batch, n, model.reads),
    unconditional: emptyCaptions(device, data, n, model.reads),
  };
  const start = device.tensor(Uint32Array.of(first), [], "u32");
  const noise = normalBySample(random.foldIn(random.key(seed), 0), samplesFrom(start, n), data.shape);
  device.evaluate(noise);
  let drawn: Tensor | undefined;
  try {
    const how = { noise, steps, grid: grids.build(grid), key: random.foldIn(random.key(seed), 1), first };
    drawn = await drawing.run({ weights, given }, { ...how, ...(signal && { signal }), onStep: yieldToHost });
    const pictures = (await drawn.data()) as Float32Array;
    return data.latents ? pictures : pictures.map((value) => Math.max(-1, Math.min(1, value)));
  } finally {
    for (const tensor of [start, noise, ...leavesOf(given), ...(drawn ? [drawn] : [])]) tensor.dispose();
  }
};
