import { expect, it } from "vitest";
import { KernelEngine } from "../../src/engine/kernels.js";
import { Device } from "../../src/index.js";
import { longSums } from "../long-sums.js";
import { describeKernels } from "./device.js";

describeKernels("long sums on webgpu", (backend) => {
  const device = new Device(new KernelEngine(backend), "under test");

  // The longest runs are those of software adapters, whose invocations share nothing.
  for (const { name, error } of longSums)
    it.each(backend.info.software ? [2 ** 16, 2 ** 20] : [2 ** 16])(
      `${name} keeps its precision over %i terms`,
      async (n) => {
        expect(await error(device, n)).toBeLessThan(1e-6);
      },
    );
});
