import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { coreOps, createDevice, type Device } from "../src/index.js";
import { checkAgreement } from "../src/testing/index.js";

for (const kind of ["reference", "wasm"] as const)
  describe(kind, () => {
    let device: Device;
    beforeAll(async () => {
      device = await createDevice(kind);
    });
    afterAll(() => device.destroy());
    for (const op of coreOps)
      it(`${op.name}: forward and backward agree with float64`, async () => {
        expect(await checkAgreement(op, device)).toBeLessThan(3e-6);
      });
  });
