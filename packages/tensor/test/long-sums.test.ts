import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDevice, type Device } from "../src/index.js";
import { attentionSums, longProducts, longSums } from "./long-sums.js";

describe("long sums on wasm", () => {
  let device: Device;
  beforeAll(async () => {
    device = await createDevice("wasm");
  });
  afterAll(() => device.destroy());

  it.each(attentionSums)("$name keeps its precision over 65536 tokens", async ({ error }) => {
    expect(await error(device, 2 ** 16)).toBeLessThan(1e-6);
  });

  for (const { name, error } of [...longSums, ...longProducts])
    it.each([2 ** 16, 2 ** 20])(`${name} keeps its precision over %i terms`, async (n) => {
      expect(await error(device, n)).toBeLessThan(1e-6);
    });
});
