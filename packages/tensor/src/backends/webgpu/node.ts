import { messageOf, TensorError } from "../../errors.js";

const PACKAGE: string = "webgpu";

/**
 * Without `vulkan_enable_f16_on_nvidia` Dawn hides half precision and with it every f16 subgroup-matrix configuration;
 * without `allow_unsafe_apis` it hides the experimental features.
 */
const TOGGLES = ["allow_unsafe_apis", "vulkan_enable_f16_on_nvidia"] as const;

/**
 * Dawn crashes when its instance is collected before the devices made from it, and finalizers run in no order; so an
 * instance, once made, lives as long as the process.
 */
const instances: GPU[] = [];

/** Dawn's `GPU` object in Node, from the optional package `webgpu`. Throws `adapter` when that is not installed. */
export const nodeGpu = async (): Promise<GPU> => {
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
  const gpu = dawn.create([`enable-dawn-features=${TOGGLES.join(",")}`]);
  instances.push(gpu);
  return gpu;
};
