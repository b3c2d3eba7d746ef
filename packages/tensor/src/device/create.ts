import { createWasmBackend, type WasmOptions } from "../backends/wasm/index.js";
import { createWebgpuBackend } from "../backends/webgpu/index.js";
import { nodeGpu } from "../backends/webgpu/node.js";
import type { WebgpuOptions } from "../backends/webgpu/options.js";
import { KernelEngine } from "../engine/kernels.js";
import { ReferenceEngine } from "../engine/reference.js";
import { TensorError } from "../errors.js";
import { checkOptions } from "../options.js";
import { Device } from "./device.js";

export type DeviceKind = "webgpu" | "wasm" | "reference";

export interface DeviceOptions {
  readonly wasm?: WasmOptions;
  readonly webgpu?: WebgpuOptions;
}

/**
 * A device to compute on. With no kind: the hardware GPU if there is one, else WebAssembly; `device.description` says which and why.
 * A kind asks for that one, software adapters included, and fails if it is not there.
 *
 * @throws TensorError `adapter` if WebGPU was asked for and there is no adapter, `argument` for an unknown kind or option
 */
export const createDevice = async (kind?: DeviceKind, options: DeviceOptions = {}): Promise<Device> => {
  checkOptions("createDevice", options, ["wasm", "webgpu"]);
  switch (kind) {
    case undefined:
      return preferHardware(options);
    case "webgpu":
      return new Device(new KernelEngine(await webgpu(options.webgpu)), "asked for");
    case "wasm":
      return new Device(new KernelEngine(await createWasmBackend(options.wasm)), "asked for");
    case "reference":
      return new Device(new ReferenceEngine(), "asked for");
    default:
      throw new TensorError(
        "argument",
        `createDevice: unknown kind ${JSON.stringify(kind)}; choose "webgpu", "wasm" or "reference"`,
      );
  }
};

const preferHardware = async (options: DeviceOptions): Promise<Device> => {
  try {
    return new Device(
      new KernelEngine(await webgpu({ ...options.webgpu, requireHardware: true })),
      "a hardware GPU was found",
    );
  } catch (error) {
    if (!(error instanceof TensorError && error.code === "adapter")) throw error;
    return new Device(new KernelEngine(await createWasmBackend(options.wasm)), `no hardware GPU: ${error.message}`);
  }
};

const webgpu = async (options: WebgpuOptions = {}) =>
  createWebgpuBackend(options.gpu || hasOwnGpu() || !hasPackages() ? options : { ...options, gpu: await nodeGpu() });

/** A browser's. Deno has one too, which refuses dispatches that browsers and Dawn accept. */
const hasOwnGpu = (): boolean =>
  typeof navigator !== "undefined" && "gpu" in navigator && navigator.gpu !== undefined && !runtimes().deno;

/** Node, Bun and Deno, but no browser. */
const hasPackages = (): boolean => runtimes().node !== undefined;

const runtimes = (): Readonly<Record<string, string | undefined>> =>
  typeof process === "undefined" ? {} : (process.versions ?? {});
