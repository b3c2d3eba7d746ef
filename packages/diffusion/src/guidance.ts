import { number, only, shown } from "@isoflop/spec";
import {
  add,
  concat,
  leavesOf,
  lessEqual,
  mapTree,
  mul,
  namedLeaves,
  type Operand,
  split,
  sub,
  Tensor,
} from "@isoflop/tensor";
import { check, checkPrediction } from "./checks.js";
import { bracketed, must } from "./errors.js";
import { besideBatch } from "./path.js";

/** A network that takes its condition last: a tensor, or a record of several, each with a row per sample. */
export type ConditionalDenoiser<C = Tensor> = (x: Tensor, t: Tensor, condition: C) => Tensor;

/**
 * What the samples should be, and what they would be if nothing were asked: captions of padding words alone, the class "none", one vector of
 * zeros.
 */
export interface GuidanceInputs<C = Tensor> {
  readonly condition: C;
  readonly unconditional: C;
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
  const what = "classifierFreeGuidance: scale";
  if (!(scale instanceof Tensor)) check(number(), scale, what);
  else must(scale.size === 1, "option", `${what} is ${bracketed(scale.shape)}; it takes a scalar.`);
  const [from, to] = interval ?? [0, 1];
  must(from >= 0 && from < to && to <= 1, "option", `interval is [${from}, ${to}]; it takes 0 <= from < to <= 1.`);
};

/** A condition in words: its shape, or those of its tensors by name. */
const told = (condition: unknown): string =>
  condition instanceof Tensor
    ? bracketed(condition.shape)
    : `{ ${namedLeaves(condition)
        .map(([name, { shape }]) => `${name}: ${bracketed(shape)}`)
        .join(", ")} }`;

/** Whether it is a tensor or a record of some. */
const isCondition = (value: unknown): boolean =>
  value instanceof Tensor ||
  (typeof value === "object" && value !== null && !ArrayBuffer.isView(value) && leavesOf(value).length > 0);

/** @throws DiffusionError("shape") unless both conditions are tensors of one shape, or records of such */
const checkConditions = ({ condition, unconditional }: GuidanceInputs<unknown>): void => {
  for (const [name, value] of Object.entries({ condition, unconditional }))
    must(
      isCondition(value),
      "shape",
      `guidance: ${name} is ${shown(value)}; it takes { condition, unconditional }, two tensors.`,
    );
  const [asked, unasked] = [told(condition), told(unconditional)];
  must(asked === unasked, "shape", `unconditional is ${unasked}; condition is ${asked} and takes the same.`);
};

/**
 * Classifier-free guidance, u + scale (c - u) (Ho and Salimans, arXiv 2207.12598), in one pass over a doubled batch. It is the same in every
 * prediction, as all are affine in each other at fixed x_t.
 *
 * @throws DiffusionError("shape") if the two conditions differ in shape, or the model's output is no prediction of the doubled batch,
 * ("option") for a scale that is not finite or an interval outside 0..1
 */
export const classifierFreeGuidance = <C = Tensor>(model: ConditionalDenoiser<C>, options: GuidanceOptions) => {
  checkGuidance(options);
  const { scale, interval } = options;
  return (x: Tensor, t: Tensor, inputs: GuidanceInputs<C>): Tensor => {
    checkConditions(inputs);
    const { condition, unconditional } = inputs;
    const twice = concat([x, x]);
    const asked = mapTree((c, u) => concat([c, u!]), condition, unconditional) as C;
    const both = model(twice, concat([t, t]), asked);
    checkPrediction(both, twice);
    const [c, u] = split(both, 2) as [Tensor, Tensor];
    const difference = sub(c, u);
    if (!interval) return add(u, mul(difference, scale));
    const perSample = besideBatch(t, x);
    const [from, to] = interval;
    const inside = mul(lessEqual(from, perSample).cast("f32"), lessEqual(perSample, to).cast("f32"));
    return add(u, mul(difference, add(1, mul(inside, sub(scale, 1)))));
  };
};
