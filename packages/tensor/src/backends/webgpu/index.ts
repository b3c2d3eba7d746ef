import { TensorError } from "../../errors.js";
import { checkOptions } from "../../options.js";
import { type AdapterRequest, requestDevice } from "./adapter.js";
import { backendOn, type WebgpuBackend } from "./backend.js";

export type { WebgpuInfo } from "./adapter.js";
export type { WebgpuBackend } from "./backend.js";

export interface WebgpuOptions extends AdapterRequest {
  /** `navigator.gpu` in a browser (taken when left out), `await nodeGpu()` in Node. */
  readonly gpu?: GPU;
}

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
      "this environment has no WebGPU: in Node pass gpu: await nodeGpu(); a browser offers navigator.gpu on secure pages only",
    );
  const { device, info } = await requestDevice(gpu, options);
  return backendOn(device, info);
};
