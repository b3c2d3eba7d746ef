import type { DataSource } from "@isoflop/data";
import { loss, quantiles } from "@isoflop/diffusion";
import type { DitParams } from "@isoflop/dit";
import type { DitConfig } from "@isoflop/flops";
import { abs, type Device, jit, leavesOf, mean, random, stack, sub, type Tensor } from "@isoflop/tensor";
import { type Captions, uploadCaptions } from "./captions.js";
import { must } from "./errors.js";
import { modelOf } from "./model.js";
import { buildObjective } from "./objective.js";
import { type TrainSpec, type TrainSpecInput, trainSpec, VALIDATION_BLOCK } from "./spec.js";
import { train } from "./train.js";

/** How far training moved the values of one layer, in models of several widths. */
export interface LayerCoordinates {
  /** As `onActivation` of `@isoflop/dit` names it, such as `blocks.0.attn`. */
  readonly layer: string;
  /** The mean of |value after training − value before|, one for each model. */
  readonly changes: readonly number[];
  /** The exponent of the width that the changes follow, by least squares on logarithms: 0 where they do not depend on it. NaN where one is 0. */
  readonly slope: number;
}

/** Least squares of y on x. */
const slopeOf = (x: readonly number[], y: readonly number[]): number => {
  const meanOf = (all: readonly number[]) => all.reduce((sum, one) => sum + one, 0) / all.length;
  const [middle, level] = [meanOf(x), meanOf(y)];
  const [top, bottom] = [
    x.reduce((sum, at, i) => sum + (at - middle) * (y[i]! - level), 0),
    x.reduce((sum, at) => sum + (at - middle) ** 2, 0),
  ];
  return Number.isFinite(top) ? top / bottom : Number.NaN;
};

/** The mean change of every layer from one set of weights to another, on the first images of the validation split with their noise and times. */
const changesOf = async (
  spec: TrainSpec,
  weights: readonly [before: DitParams, after: DitParams],
  { device, data }: CoordinateOptions,
): Promise<ReadonlyMap<string, number>> => {
  const [model, objective] = [modelOf(spec), buildObjective(spec.objective)];
  const names: string[] = [];
  const seen = (params: DitParams, x: Tensor, captions: Captions, t: Tensor): ReadonlyMap<string, Tensor> => {
    const values = new Map<string, Tensor>();
    const onActivation = (name: string, value: Tensor): undefined => void values.set(name, value);
    const noise = random.normal(random.key(0), x.shape);
    loss(objective, (noisy, time) => model.apply(params, noisy, time, captions, { onActivation }), { x, noise, t });
    return values;
  };
  const compare = jit(
    ([before, after]: typeof weights, ...inputs: readonly [x: Tensor, captions: Captions, t: Tensor]) => {
      const [first, second] = [seen(before, ...inputs), seen(after, ...inputs)];
      names.splice(0, names.length, ...first.keys());
      return stack(names.map((name) => mean(abs(sub(second.get(name)!, first.get(name)!)))));
    },
    { device },
  );
  const batch = data.batch(spec.validation.split, 0, VALIDATION_BLOCK);
  const inputs = [
    device.tensor(batch.images, [VALIDATION_BLOCK, ...data.shape]) as Tensor,
    uploadCaptions(device, data, batch, VALIDATION_BLOCK, model.reads),
    device.tensor(Float32Array.from(quantiles(objective.density, VALIDATION_BLOCK))) as Tensor,
  ] as const;
  try {
    using result = compare(weights, ...inputs);
    const values = await result.data();
    return new Map(names.map((name, i) => [name, values[i]!]));
  } finally {
    for (const tensor of leavesOf(inputs)) tensor.dispose();
    compare.dispose();
  }
};

export interface CoordinateOptions {
  readonly device: Device;
  /** Images and captions that fit the models. */
  readonly data: DataSource;
}

/**
 * The coordinate check of a parameterization (Yang et al., arXiv 2203.03466): trains models that differ in width for a few steps
 * at one learning rate from one seed, and says how far the values of every layer moved. Under muP the changes do not depend on the width; under
 * the standard parameterization they grow with it, so that no learning rate is right for all. It shows whether a conditioning from outside has
 * given its parameters the right roles.
 *
 * @param input a spec without its model; its steps are few, its average and validation set are not looked at
 * @throws TrainError `spec` for fewer than two widths, or models that have not the same layers; and as {@link train}
 */
export const coordinateCheck = async (
  input: Omit<TrainSpecInput, "model">,
  models: readonly DitConfig[],
  options: CoordinateOptions,
): Promise<readonly LayerCoordinates[]> => {
  const widths = models.map(({ width }) => width);
  const many = new Set(widths).size > 1;
  must(many, "spec", `models have the widths ${widths.join(", ") || "of none"}; a slope takes at least two`);
  const changes: ReadonlyMap<string, number>[] = [];
  for (const model of models) {
    const fixed = { model, averaging: { kind: "none" }, validation: { ...input.validation, images: VALIDATION_BLOCK } };
    const spec = trainSpec({ ...input, ...fixed });
    const before = modelOf(spec).init(random.key(spec.seed));
    options.device.evaluate(before);
    const { weights } = await train(spec, { ...options, checkpointSeconds: Number.POSITIVE_INFINITY });
    try {
      changes.push(await changesOf(spec, [before, weights], options));
    } finally {
      for (const tensor of leavesOf([before, weights])) tensor.dispose();
    }
  }
  const layers = [...changes[0]!.keys()];
  const alike = changes.every((each) => [...each.keys()].join() === layers.join());
  must(alike, "spec", "the models have not the same layers; they must differ in width and heads alone");
  return layers.map((layer) => {
    const each = changes.map((all) => all.get(layer)!);
    return { layer, changes: each, slope: slopeOf(widths.map(Math.log), each.map(Math.log)) };
  });
};
