import type { Device } from "@isoflop/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dit } from "../src/index.js";
import { errorOverFair, readFixture, readIntegers, unread } from "./fixture.js";
import { pixartTiny } from "./parity/ada-ln-single.js";
import { config as ditConfig, ditTinySigma } from "./parity/ada-ln-zero.js";
import { expectParity, given } from "./parity/case.js";
import { config as inContextConfig, inContextTiny } from "./parity/in-context.js";
import { mmditBlock } from "./parity/mm-dit.js";
import { expectUpstream, upstreamCases } from "./parity/upstream.js";

/** Holds the models on a device to PyTorch in float64: outputs, losses and every gradient. */
export const describeParity = (name: string, open: () => Promise<Device>): void => {
  describe(`what PyTorch computes, on ${name}`, () => {
    let device: Device;
    beforeAll(async () => {
      device = await open();
    });
    afterAll(() => device?.destroy());

    test(inContextTiny.title, () => expectParity(device, inContextTiny));
    test(ditTinySigma.title, () => expectParity(device, ditTinySigma));
    test(pixartTiny.title, () => expectParity(device, pixartTiny));
    test(mmditBlock.title, () => expectParity(device, mmditBlock));

    test.each(upstreamCases)("weights in the layout $layout", (each) => expectUpstream(device, each));

    test("the in-context transformer from times", async () => {
      const input = (key: string) => given(device, inContextTiny.fixture, `input.${key}`);
      const { apply } = dit(inContextConfig);
      const output = apply(inContextTiny.params(device), input("x"), input("t"), input("context"));
      expect(errorOverFair(await output.data(), readFixture(inContextTiny.fixture).get("output")!)).toBeLessThan(1);
    });

    test("the official DiT's step is a thousand of our times", async () => {
      const { fixture } = ditTinySigma;
      const t = device.tensor(Float32Array.from(readIntegers(fixture, "input.t"), (step) => step / 1000));
      const labels = device.tensor(readIntegers(fixture, "input.y"));
      const x = given(device, fixture, "input.x");
      const values = await dit(ditConfig).apply(ditTinySigma.params(device), x, t, labels).data();
      // Upstream's float32 phases are 5e-5 off at step 999.
      const { data } = readFixture(fixture).get("output")!;
      for (const [i, value] of data.entries()) expect(Math.abs(values[i]! - value)).toBeLessThan(1e-4);
      // What SiT does with its t: the step itself is fed to the sines.
      const fed = device.tensor(Float32Array.from(readIntegers(fixture, "input.t")));
      const atOne = await dit({ ...ditConfig, timeScale: 1 })
        .apply(ditTinySigma.params(device), x, fed, labels)
        .data();
      for (const [i, value] of data.entries()) expect(Math.abs(atOne[i]! - value)).toBeLessThan(1e-4);
    });

    test("no array of a fixture is left unread", () => {
      const cases = [inContextTiny, ditTinySigma, pixartTiny, mmditBlock, ...upstreamCases];
      for (const { fixture } of cases) expect(unread(fixture), fixture).toEqual([]);
    });
  });
};
