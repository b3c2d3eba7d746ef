import { type DitConfig, resolve } from "@isoflop/flops";
import { type Device, meanSquaredError, type Tensor, valueAndGrad } from "@isoflop/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DitParams, dit, namedParams, paramsFrom } from "../src/index.js";
import { predict } from "../src/network.js";
import { errorOverFair, readFixture, under } from "./fixture.js";

/** The config in in_context_tiny.json. */
const config: DitConfig = {
  ...{ image: { height: 8, width: 8, channels: 4 }, patch: 2, width: 32, depth: 2, heads: 2 },
  ...{ conditioning: "inContext", context: { kind: "features", tokens: 5, dim: 12 } },
};

/** Holds the in-context transformer on a device to PyTorch in float64: output, loss and every gradient. */
export const describeParity = (name: string, open: () => Promise<Device>): void => {
  describe(`the in-context transformer matches PyTorch on ${name}`, () => {
    const fixture = readFixture("in_context_tiny");
    const input = under(fixture, "input.");
    let device: Device;
    let params: DitParams;
    const given = (key: string): Tensor => device.tensor(input[key]!.data, input[key]!.shape);

    beforeAll(async () => {
      device = await open();
      params = paramsFrom(dit(config), under(fixture, "param."), device);
    });
    afterAll(() => device?.destroy());

    test("its output", async () => {
      const output = dit(config).apply(params, given("x"), given("t"), given("context"));
      expect(errorOverFair(await output.data(), fixture.get("output")!)).toBeLessThan(1);
    });

    test("its loss and every gradient", async () => {
      // The fixture's features are upstream's float32, 3e-5 off the formula, so the network is given those; ours have a test of their own.
      const loss = (at: DitParams) =>
        meanSquaredError(
          predict(resolve(config), at, given("x"), given("t_features"), given("context")),
          given("target"),
        );
      const { value, gradient } = valueAndGrad(loss)(params);
      device.evaluate([value, gradient]);
      expect(errorOverFair(await value.data(), fixture.get("loss")!)).toBeLessThan(1);
      const expected = under(fixture, "grad.");
      const actual = namedParams(gradient);
      expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort());
      for (const [key, want] of Object.entries(expected))
        expect(errorOverFair(await actual[key]!.data(), want), key).toBeLessThan(1);
    });
  });
};
