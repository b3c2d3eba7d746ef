import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDevice, type Device } from "../src/index.js";
import { specialError, specialValues } from "./special-values.js";

describe.each(["reference", "wasm"] as const)("on %s", (kind) => {
  let device: Device;
  beforeAll(async () => {
    device = await createDevice(kind);
  });
  afterAll(() => device.destroy());

  for (const value of specialValues)
    it(value.name, async () => {
      expect(await specialError(device, value)).toBeLessThanOrEqual(1);
    });
});
