import { apply } from "../graph/apply.js";
import type { Attrs, NoAttrs } from "../graph/aval.js";
import { defineOp } from "../graph/define.js";
import type { Op, Tensor } from "../graph/tensor.js";
import { type Pointwise, recording } from "./elementwise.js";
import { inEveryDType } from "./examples.js";
import { viewReference } from "./view.js";

/** Ops that hand their operand through: they only mean something to a transform or to the compiler. */
const defineIdentity = <A extends Attrs>(
  name: string,
  attrs: A,
  rest: Pick<Op<A, ["x"], ["out"]>, "simplify" | "vjp" | "differentiable">,
): Op<A, ["x"], ["out"]> =>
  defineOp<A>({
    name,
    lowering: { kind: "view", layout: (input) => input },
    infer: ([{ shape, dtype }]) => [{ shape, dtype }],
    reference: viewReference((input) => input),
    examples: inEveryDType({ inputs: [{ shape: [3] }], attrs }),
    ...rest,
  });

/** A new name for a value: what a transform differentiates with respect to, distinct from the same value used elsewhere. */
export const aliasOp = defineIdentity<NoAttrs>(
  "alias",
  {},
  {
    simplify: (inputs) => inputs,
    vjp: ({ cotangents }) => cotangents,
  },
);

export const alias: Pointwise = recording(aliasOp);

/** Keeps what is computed from it apart from an equal computation elsewhere: a checkpoint's second pass must not merge with its first. */
export const barrierOp = defineIdentity("barrier", { recomputation: 0 }, { vjp: ({ cotangents }) => cotangents });

export const barrier = (x: Tensor, recomputation: number): Tensor => apply(barrierOp, [x], { recomputation });

export const stopGradientOp = defineIdentity<NoAttrs>(
  "stopGradient",
  {},
  {
    simplify: (inputs) => inputs,
    differentiable: false,
  },
);

/** The same value, treated as a constant by differentiation. */
export const stopGradient: Pointwise = recording(stopGradientOp);
