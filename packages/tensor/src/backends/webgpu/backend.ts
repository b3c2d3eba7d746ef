import type { Backend } from "../backend.js";
import { describeInfo, type WebgpuInfo } from "./adapter.js";
import { Buffers } from "./buffers.js";
import { CALL_OPS } from "./dispatches.js";
import { createExecutable } from "./executable.js";
import { Failures } from "./failures.js";
import { Pipelines } from "./pipelines.js";

export interface WebgpuBackend extends Backend {
  readonly info: WebgpuInfo;
  /** Distinct kernel texts compiled so far. */
  readonly pipelines: number;
  /** Bytes of freed buffers that are kept for the next of their size; `memory` does not count them. */
  readonly keptBytes: number;
}

/** The backend on a device that it then owns. `info` decides which kernels are chosen. */
export const backendOn = (device: GPUDevice, info: WebgpuInfo): WebgpuBackend => {
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
    get keptBytes() {
      return buffers.keptBytes;
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
