import type { DType } from "../dtype.js";
import { formatShape, TensorError } from "../errors.js";
import type { Aval } from "../graph/aval.js";
import { Tensor } from "../graph/tensor.js";
import { spelled } from "../spelled.js";

/** What ops ask of the arguments they are given, each question once. */

export { checkDType } from "../dtype.js";
export { checkOptions } from "../options.js";

export const checkTensor = (op: string, x: unknown): void => {
  if (!(x instanceof Tensor))
    throw new TensorError(
      "argument",
      `${op}: the operand must be a tensor, got ${spelled(x)}; make one with device.tensor`,
    );
};

export const checkList = (op: string, what: string, value: unknown): void => {
  if (!Array.isArray(value))
    throw new TensorError("argument", `${op}: ${what} must be an array, got ${spelled(value)}`);
};

export const checkWhole = (op: string, what: string, value: unknown, least: number): void => {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < least)
    throw new TensorError(
      "argument",
      `${op}: ${what} must be a whole number of at least ${least}, got ${spelled(value)}`,
    );
};

export const checkFinite = (op: string, what: string, value: unknown, least = Number.NEGATIVE_INFINITY): void => {
  if (typeof value !== "number" || !Number.isFinite(value) || value < least)
    throw new TensorError(
      "argument",
      `${op}: ${what} must be a finite number${least === Number.NEGATIVE_INFINITY ? "" : ` of at least ${least}`}, got ${spelled(value)}`,
    );
};

export const checkFloats = (op: string, operands: readonly (Aval | undefined)[]): void => {
  for (const x of operands)
    if (x && x.dtype !== "f32")
      throw new TensorError("dtype", `${op}: takes f32, got ${x.dtype}${formatShape(x.shape)}; use cast(x, "f32")`);
};

const RANGES = { i32: [-(2 ** 31), 2 ** 31 - 1], u32: [0, 2 ** 32 - 1], bool: [0, 1] } as const;

/** A number that stands for an element: anything for f32, a whole number in range for the others. */
export const checkElement = (op: string, value: unknown, dtype: DType): void => {
  if (typeof value !== "number")
    throw new TensorError("argument", `${op}: takes tensors and numbers, got ${spelled(value)}`);
  if (dtype === "f32") return;
  const [low, high] = RANGES[dtype];
  if (!Number.isInteger(value) || value < low || value > high)
    throw new TensorError(
      "dtype",
      `${op}: ${value} is no ${dtype}, which holds whole numbers from ${low} to ${high}; use cast(x, "f32") for fractions`,
    );
};
