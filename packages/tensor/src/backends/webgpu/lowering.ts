import type { CallKernel, Kernel } from "../../compile/kernel.js";
import { TensorError } from "../../errors.js";
import type { WebgpuInfo } from "./adapter.js";
import type { Dispatch } from "./dispatch.js";
import { pointwise } from "./kernels/pointwise.js";
import { reduce } from "./kernels/reduce.js";
import { VARIANTS } from "./kernels/registry.js";

/** What a kernel may look at while it turns into dispatches. */
export interface LoweringContext {
  readonly info: WebgpuInfo;
  /** Slot of scratch memory, at least `bytes` long, valid until the kernel ends; later kernels get the same memory. */
  scratch(bytes: number): number;
  /** Dispatches of another kernel, for kernels that are made of others. Its scratch memory is apart. */
  lower(kernel: Kernel): Dispatch[];
}

/**
 * One way to run a call kernel. The registry lists the variants of an op from the most to the least demanding; the first
 * whose `applicable` agrees is taken.
 */
export interface Variant {
  readonly op: string;
  readonly name: string;
  applicable(info: WebgpuInfo, kernel: CallKernel): boolean;
  lower(kernel: CallKernel, context: LoweringContext): Dispatch[];
}

/** The dispatches that run a kernel. */
export const lower = (kernel: Kernel, context: LoweringContext): Dispatch[] => {
  if (kernel.kind === "pointwise") return pointwise(kernel);
  if (kernel.kind === "reduce") return reduce(kernel, context);
  const variant = VARIANTS.find(({ op, applicable }) => op === kernel.op && applicable(context.info, kernel));
  if (!variant)
    throw new TensorError("argument", `webgpu has no kernel for op "${kernel.op}" (in kernel "${kernel.name}")`);
  return variant.lower(kernel, context);
};

/** Ops with at least one variant. */
export const CALL_OPS: ReadonlySet<string> = new Set(VARIANTS.map(({ op }) => op));
