import { apply } from "../graph/apply.js";
import { defineOp } from "../graph/define.js";
import type { Tensor } from "../graph/tensor.js";
import { inEveryDType } from "./examples.js";
import { identity } from "./identity.js";

type BarrierAttrs = { readonly recomputation: number };

/** Keeps what is computed from it apart from an equal computation elsewhere: a checkpoint's second pass must not merge with its first. */
export const barrierOp = defineOp<BarrierAttrs>({
  name: "barrier",
  ...identity,
  vjp: ({ cotangents: [g] }) => [g],
  examples: inEveryDType({ inputs: [{ shape: [3] }], attrs: { recomputation: 0 } }),
});

export const barrier = (x: Tensor, recomputation: number): Tensor => apply(barrierOp, [x], { recomputation });
