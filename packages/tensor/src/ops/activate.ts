import { TensorError } from "../errors.js";
import type { Tensor } from "../graph/tensor.js";
import { spelled } from "../spelled.js";
import { relu, relu6 } from "./activations.js";
import { bitAnd } from "./bits.js";
import { less } from "./comparison.js";
import { select } from "./select.js";

/** What is done to each value of a convolution before it is stored. */
export type Activation = "none" | "relu" | "relu6";

/** The limits that activations keep values between. NaN passes. */
export const activationLimits: Readonly<Record<Activation, readonly [low: number, high: number]>> = {
  none: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  relu: [0, Number.POSITIVE_INFINITY],
  relu6: [0, 6],
};

export const checkActivation = (op: string, activation: unknown): void => {
  const names = Object.keys(activationLimits);
  if (typeof activation !== "string" || !names.includes(activation))
    throw new TensorError("argument", `${op}: activation is one of ${names.join(", ")}, got ${spelled(activation)}`);
};

export const activate = (x: Tensor, activation: Activation): Tensor =>
  activation === "none" ? x : activation === "relu" ? relu(x) : relu6(x);

/** The cotangent of what was activated, given what came of it: 0 at the limits and beyond. */
export const beforeActivation = (g: Tensor, out: Tensor, activation: Activation): Tensor =>
  activation === "none" ? g : select(activation === "relu" ? less(0, out) : bitAnd(less(0, out), less(out, 6)), g, 0);

/** The activation of a number. */
export const activated = (x: number, activation: Activation): number => {
  const [low, high] = activationLimits[activation];
  return Math.min(Math.max(x, low), high);
};
