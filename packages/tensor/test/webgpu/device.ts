import { afterAll, describe } from "vitest";
import { requestDevice } from "../../src/backends/webgpu/adapter.js";
import { backendOn, type WebgpuBackend } from "../../src/backends/webgpu/backend.js";
import { nodeGpu } from "../../src/backends/webgpu/node.js";

const open = async (): Promise<{ device: GPUDevice; backend: WebgpuBackend; other: WebgpuBackend } | Error> => {
  try {
    const { device, info } = await requestDevice(await nodeGpu(), {});
    const backend = backendOn(device, info);
    return { device, backend, other: backendOn(device, { ...info, software: !info.software }) };
  } catch (error) {
    return error as Error;
  }
};

const opened = await open();

if (opened instanceof Error) {
  const message = `NO WEBGPU ADAPTER: the WebGPU tests are skipped. ${opened.message}`;
  if (process.env.CI === "true") throw new Error(message);
  console.warn(`\n${"!".repeat(100)}\n${message}\n${"!".repeat(100)}\n`);
}

const missing = opened instanceof Error;

/** Runs a suite on a WebGPU device, or skips it loudly when the machine has none (under CI=true that fails). */
export const describeWebgpu = (name: string, suite: (backend: WebgpuBackend, device: GPUDevice) => void): void => {
  describe.skipIf(missing)(name, () => {
    if (!(opened instanceof Error)) suite(opened.backend, opened.device);
  });
};

afterAll(() => {
  if (!(opened instanceof Error)) opened.backend.destroy();
});

/** The same for suites whose kernels differ between software and hardware adapters: runs on both sets of kernels. */
export const describeKernels = (name: string, suite: (backend: WebgpuBackend) => void): void =>
  describeWebgpu(name, () => {
    if (opened instanceof Error) return;
    for (const backend of [opened.backend, opened.other])
      describe(`${backend.info.software ? "software" : "hardware"} kernels`, () => suite(backend));
  });
