import type { Tensor } from "../../index.js";
import type { Draft } from "./draft.js";
import type { Argument, Call, Ref } from "./program.js";

/** Proposes a call on values of the draft; undefined where none fits. */
export type Maker = (draft: Draft) => Call | undefined;

/** What is asked of a value. */
export type Condition = (tensor: Tensor, data: Float64Array) => boolean;

/** A call; none where an operand was not found. */
export const call = (name: Call["name"], ...args: readonly (Argument | undefined)[]): Call | undefined =>
  args.every((argument) => argument !== undefined) ? { name, args } : undefined;

/** Proposes a call on a value that fits. */
export const on =
  (fits: Condition, propose: (draft: Draft, x: Ref, tensor: Tensor) => Call | undefined): Maker =>
  (draft) => {
    const x = draft.pick(fits);
    return x && propose(draft, x, draft.get(x).tensor);
  };

export const any: Condition = () => true;
export const hasAxes: Condition = ({ rank }) => rank > 0;

/** Of f32. */
export const float =
  (fits: Condition = any): Condition =>
  (tensor, data) =>
    tensor.dtype === "f32" && fits(tensor, data);

/** Every value satisfies it. */
export const all =
  (holds: (value: number) => boolean): Condition =>
  (_, data) =>
    data.every(holds);

export const small: Condition = all((v) => Math.abs(v) < 12);
