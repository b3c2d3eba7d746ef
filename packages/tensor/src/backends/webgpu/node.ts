import { messageOf, TensorError } from "../../errors.js";
import { checkOptions } from "../../options.js";

const PACKAGE: string = "webgpu";

/** Dawn toggles. Unknown names are ignored in silence, so judge by the features the adapter then reports. */
export interface NodeGpuOptions {
  readonly enable?: readonly string[];
  readonly disable?: readonly string[];
  /** `vulkan`, `metal`, `d3d12`: restricts Dawn to one driver interface. */
  readonly backend?: string;
  /** A part of the adapter's name. */
  readonly adapter?: string;
}

/**
 * Without `vulkan_enable_f16_on_nvidia` Dawn hides half precision and with it every f16 subgroup-matrix configuration;
 * without `allow_unsafe_apis` it hides the experimental features.
 */
const DEFAULT_TOGGLES = ["allow_unsafe_apis", "vulkan_enable_f16_on_nvidia"] as const;

/**
 * Dawn crashes when its instance is collected before the devices made from it, and finalizers run in no order; so an
 * instance, once made, lives as long as the process.
 */
const instances: GPU[] = [];

/** Dawn's `GPU` object in Node, from the optional package `webgpu`. Throws `adapter` when that is not installed. */
export const nodeGpu = async (options: NodeGpuOptions = {}): Promise<GPU> => {
  checkOptions("nodeGpu", options, ["enable", "disable", "backend", "adapter"]);
  let dawn: typeof import("webgpu");
  try {
    // Not a literal: a browser bundle must neither contain this package nor fail for want of it.
    dawn = await import(/* @vite-ignore */ /* webpackIgnore: true */ PACKAGE);
  } catch (cause) {
    throw new TensorError(
      "adapter",
      `WebGPU in Node needs the package "webgpu" (npm install webgpu), which did not load: ${messageOf(cause)}`,
    );
  }
  const flags = [`enable-dawn-features=${[...DEFAULT_TOGGLES, ...(options.enable ?? [])].join(",")}`];
  if (options.disable?.length) flags.push(`disable-dawn-features=${options.disable.join(",")}`);
  if (options.backend) flags.push(`backend=${options.backend}`);
  if (options.adapter) flags.push(`adapter=${options.adapter}`);
  const gpu = dawn.create(flags);
  instances.push(gpu);
  return gpu;
};
