import type { CallKernel, Kernel } from "../../compile/kernel.js";
import type { WebgpuInfo } from "./adapter.js";
import type { Dispatch } from "./dispatch.js";

/** What a kernel may look at while it turns into dispatches. */
export interface DispatchContext {
  readonly info: WebgpuInfo;
  /** Slot of scratch memory, at least `bytes` long, valid until the kernel ends; later kernels get the same memory. */
  scratch(bytes: number): number;
  /** Dispatches of another kernel, for kernels that are made of others. Its scratch memory is apart. */
  dispatches(kernel: Kernel): Dispatch[];
}

/**
 * One way to run a call kernel. The registry lists the variants of an op from the most to the least demanding; the first
 * that is applicable is taken.
 */
export interface Variant {
  readonly op: string;
  /** On which adapters and for which shapes it runs. Absent: always. */
  applicable?(info: WebgpuInfo, kernel: CallKernel): boolean;
  dispatches(kernel: CallKernel, context: DispatchContext): Dispatch[];
}
