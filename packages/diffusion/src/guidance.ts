import { number, only, shown } from "@isoflop/spec";
import { add, concat, lessEqual, mul, type Operand, split, sub, Tensor } from "@isoflop/tensor";
import { check, checkPrediction } from "./checks.js";
import { bracketed, DiffusionError } from "./errors.js";

/** A network that takes its condition last. */
export type ConditionalDenoiser = (x: Tensor, t: Tensor, condition: Tensor) => Tensor;

/** What the samples should be, and what they would be if nothing were asked: captions of padding words alone, the class "none". */
export interface GuidanceInputs {
  readonly condition: Tensor;
  readonly unconditional: Tensor;
}

export interface GuidanceOptions {
  /** 1 follows the condition as learnt, above 1 exaggerates it, 0 ignores it. A scalar tensor is data of the program. */
  readonly scale: Operand;
  /** Times [from, to] at which to guide; elsewhere the scale is 1 (arXiv 2404.07724). Default: all. */
  readonly interval?: readonly [from: number, to: number];
}

/** @throws DiffusionError("option") for a scale or interval that is none */
const checkGuidance = (options: GuidanceOptions): void => {
  check(only(["scale", "interval"]), options, "classifierFreeGuidance");
  const { scale, interval } = options;
  if (!(scale instanceof Tensor)) check(number(), scale, "classifierFreeGuidance: scale");
  else if (scale.size !== 1)
    throw new DiffusionError(
      "option",
      `classifierFreeGuidance: scale is ${bracketed(scale.shape)}; it takes a scalar.`,
    );
  if (interval && !(interval[0] >= 0 && interval[0] < interval[1] && interval[1] <= 1))
    throw new DiffusionError("option", `interval is [${interval.join(", ")}]; it takes 0 <= from < to <= 1.`);
};

/** @throws DiffusionError("shape") unless both conditions are tensors of one shape */
const checkConditions = ({ condition, unconditional }: GuidanceInputs): void => {
  for (const [name, value] of Object.entries({ condition, unconditional }))
    if (!(value instanceof Tensor))
      throw new DiffusionError(
        "shape",
        `guidance: ${name} is ${shown(value)}; it takes { condition, unconditional }, two tensors.`,
      );
  if (condition.shape.join() !== unconditional.shape.join())
    throw new DiffusionError(
      "shape",
      `unconditional is ${bracketed(unconditional.shape)}; condition is ${bracketed(condition.shape)} and takes the same.`,
    );
};

/**
 * Classifier-free guidance, u + scale (c - u) (Ho and Salimans, arXiv 2207.12598), in one pass over a doubled batch. It is the same in every
 * prediction, as all are affine in each other at fixed x_t.
 *
 * @throws DiffusionError("shape") if the two conditions differ in shape, or the model's output is no prediction of the doubled batch,
 * ("option") for a scale that is not finite or an interval outside 0..1
 */
export const classifierFreeGuidance = (model: ConditionalDenoiser, options: GuidanceOptions) => {
  checkGuidance(options);
  const { scale, interval } = options;
  return (x: Tensor, t: Tensor, inputs: GuidanceInputs): Tensor => {
    checkConditions(inputs);
    const { condition, unconditional } = inputs;
    const twice = concat([x, x]);
    const both = model(twice, concat([t, t]), concat([condition, unconditional]));
    checkPrediction(both, twice);
    const [c, u] = split(both, 2) as [Tensor, Tensor];
    const difference = sub(c, u);
    if (!interval) return add(u, mul(difference, scale));
    const perSample = t.reshape([t.shape[0]!, ...x.shape.slice(1).map(() => 1)]);
    const [from, to] = interval;
    const inside = mul(lessEqual(from, perSample).cast("f32"), lessEqual(perSample, to).cast("f32"));
    return add(u, mul(difference, add(1, mul(inside, sub(scale, 1)))));
  };
};
