import type { Kernel } from "../../compile/kernel.js";
import { TensorError } from "../../errors.js";
import type { Dispatch } from "./dispatch.js";
import { pointwise } from "./kernels/pointwise.js";
import { reduce } from "./kernels/reduce.js";
import { VARIANTS } from "./kernels/registry.js";
import type { DispatchContext } from "./variant.js";

/** The dispatches that run a kernel. */
export const dispatchesOf = (kernel: Kernel, context: DispatchContext): Dispatch[] => {
  if (kernel.kind === "pointwise") return pointwise(kernel);
  if (kernel.kind === "reduce") return reduce(kernel, context);
  const variant = VARIANTS.find(
    ({ op, applicable }) => op === kernel.op && (!applicable || applicable(context.info, kernel)),
  );
  if (!variant)
    throw new TensorError("argument", `webgpu has no kernel for op "${kernel.op}" (in kernel "${kernel.name}")`);
  return variant.dispatches(kernel, context);
};

/** Ops with at least one variant. */
export const CALL_OPS: ReadonlySet<string> = new Set(VARIANTS.map(({ op }) => op));
