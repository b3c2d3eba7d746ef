import { expect, it } from "vitest";
import { KernelEngine } from "../../src/engine/kernels.js";
import { Device } from "../../src/index.js";
import { specialError, specialValues } from "../special-values.js";
import { describeKernels } from "./device.js";

describeKernels("special values", (backend) => {
  const device = new Device(new KernelEngine(backend), "under test");

  for (const value of specialValues)
    it(value.name, async () => {
      expect(await specialError(device, value)).toBeLessThanOrEqual(1);
    });
});
