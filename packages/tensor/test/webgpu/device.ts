import { afterAll, describe } from "vitest";
import { createWebgpuBackend, type WebgpuBackend } from "../../src/backends/webgpu/index.js";
import { nodeGpu } from "../../src/backends/webgpu/node.js";

const open = async (): Promise<WebgpuBackend | Error> => {
  try {
    return await createWebgpuBackend({ gpu: await nodeGpu() });
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

/** Runs a suite on a WebGPU device, or skips it loudly when the machine has none (under CI=true that fails). */
export const describeWebgpu = (name: string, suite: (backend: WebgpuBackend) => void): void => {
  if (opened instanceof Error) {
    describe.skip(name, () => undefined);
    return;
  }
  describe(name, () => {
    afterAll(() => opened.destroy());
    suite(opened);
  });
};
