import { shown } from "@isoflop/spec";
import { concat, leavesOf, mapTree, namedLeaves, split, Tensor } from "@isoflop/tensor";
import { checkNetwork } from "../checks.js";
import { bracketed, must } from "../errors.js";
import { checkGuidance, checkOutput, type GuidanceOptions, guide } from "./guide.js";

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
 * ("option") for a scale that is not finite, an interval outside 0..1, or more channels than x has
 */
export const classifierFreeGuidance = <C = Tensor>(model: ConditionalDenoiser<C>, options: GuidanceOptions) => {
  checkNetwork("classifierFreeGuidance", model);
  checkGuidance("classifierFreeGuidance", options);
  return (x: Tensor, t: Tensor, inputs: GuidanceInputs<C>): Tensor => {
    checkConditions(inputs);
    const { condition, unconditional } = inputs;
    const twice = concat([x, x]);
    const asked = mapTree((c, u) => concat([c, u!]), condition, unconditional) as C;
    const both = model(twice, concat([t, t]), asked);
    checkOutput(both, twice);
    const [c, u] = split(both, 2) as [Tensor, Tensor];
    return guide(options, x, t, c, u);
  };
};
