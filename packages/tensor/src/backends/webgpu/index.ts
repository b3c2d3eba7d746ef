import { TensorError } from "../../errors.js";
import type { Backend } from "../backend.js";
import { type AdapterRequest, describeInfo, requestDevice, type WebgpuInfo } from "./adapter.js";
import { Buffers } from "./buffers.js";
import { createExecutable } from "./executable.js";
import { Failures } from "./failures.js";
import { CALL_OPS } from "./lowering.js";
import { Pipelines } from "./pipelines.js";
import { SCALAR_OPS } from "./wgsl/scalars.js";

export type { WebgpuInfo } from "./adapter.js";

export interface WebgpuOptions extends AdapterRequest {
  /** `navigator.gpu` in a browser (taken when left out), `await nodeGpu()` in Node. */
  readonly gpu?: GPU;
}

export interface WebgpuBackend extends Backend {
  readonly info: WebgpuInfo;
  /** Distinct kernel texts compiled so far. */
  readonly pipelines: number;
}

/**
 * The WebGPU backend on one device of its own. Throws `adapter` when there is no WebGPU, no adapter, or only a software adapter
 * although hardware was required.
 */
export const createWebgpuBackend = async (options: WebgpuOptions = {}): Promise<WebgpuBackend> => {
  const gpu = options.gpu ?? (typeof navigator === "undefined" ? undefined : navigator.gpu);
  if (!gpu)
    throw new TensorError(
      "adapter",
      "this environment has no WebGPU: in Node pass gpu: await nodeGpu(); a browser offers navigator.gpu on secure pages only",
    );
  const { device, info } = await requestDevice(gpu, options);
  const failures = new Failures(device);
  const buffers = new Buffers(device, failures);
  const pipelines = new Pipelines(device, failures);
  const machine = { device, info, buffers, pipelines, failures };
  return {
    name: "webgpu",
    description: describeInfo(info),
    info,
    capabilities: {
      calls: CALL_OPS,
      scalars: SCALAR_OPS,
      maxBuffersPerKernel: device.limits.maxStorageBuffersPerShaderStage,
      maxBufferBytes: buffers.maxBytes,
      memory: "buffers",
    },
    allocate: (bytes) => buffers.allocate(bytes),
    free: (buffer) => buffers.free(buffer),
    write: (buffer, data, byteOffset) => buffers.write(buffer, data, byteOffset),
    read: (buffer, dtype, length, byteOffset) => buffers.read(buffer, dtype, length, byteOffset),
    compile: (kernels, slots) => createExecutable(machine, kernels, slots),
    get memory() {
      return buffers.memory;
    },
    get pipelines() {
      return pipelines.count;
    },
    destroy() {
      buffers.destroy();
      device.destroy();
    },
  };
};
