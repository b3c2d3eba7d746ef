import { TensorError } from "../../errors.js";
import { checkOptions } from "../../options.js";
import { requestDevice } from "./adapter.js";
import { backendOn, type WebgpuBackend } from "./backend.js";
import type { WebgpuOptions } from "./options.js";

export type { WebgpuInfo } from "./adapter.js";
export type { WebgpuBackend } from "./backend.js";

/**
 * The WebGPU backend on one device of its own. Throws `adapter` when there is no WebGPU, no adapter, or only a software adapter
 * although hardware was required; `argument` for unknown options.
 */
export const createWebgpuBackend = async (options: WebgpuOptions = {}): Promise<WebgpuBackend> => {
  checkOptions("webgpu", options, ["gpu", "adapterOptions", "requireHardware"]);
  const gpu = options.gpu ?? (typeof navigator === "undefined" ? undefined : navigator.gpu);
  if (!gpu)
    throw new TensorError(
      "adapter",
      "there is no WebGPU here: a browser offers navigator.gpu on secure pages only, and not every browser has it",
    );
  const { device, info } = await requestDevice(gpu as GPU, options);
  return backendOn(device, info);
};
