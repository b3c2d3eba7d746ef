import { createDevice, type Device, meanSquaredError, type Tensor, valueAndGrad } from "@isoflop/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DitParams, dit, namedParams, paramsFrom } from "../src/index.js";
import { errorOverFair, readFixture, under } from "./fixture.js";

const fixture = readFixture("in_context_tiny");
const input = under(fixture, "input.");

/** The config in in_context_tiny.json. */
const model = dit({
  ...{ image: { height: 8, width: 8, channels: 4 }, patch: 2, width: 32, depth: 2, heads: 2 },
  ...{ conditioning: "inContext", context: { kind: "features", tokens: 5, dim: 12 } },
});

describe.each(["reference", "wasm"] as const)("the in-context transformer matches PyTorch on %s", (kind) => {
  let device: Device;
  let params: DitParams;
  const given = (name: string): Tensor => device.tensor(input[name]!.data, input[name]!.shape);

  beforeAll(async () => {
    device = await createDevice(kind);
    params = paramsFrom(model, under(fixture, "param."), device);
  });
  afterAll(() => device.destroy());

  test("its output", async () => {
    const output = model.apply(params, given("x"), given("t"), given("context"));
    expect(errorOverFair(await output.data(), fixture.get("output")!)).toBeLessThan(1);
  });

  test("its loss and every gradient", async () => {
    const loss = (at: DitParams) =>
      meanSquaredError(model.apply(at, given("x"), given("t"), given("context")), given("target"));
    const { value, gradient } = valueAndGrad(loss)(params);
    device.evaluate([value, gradient]);
    expect(errorOverFair(await value.data(), fixture.get("loss")!)).toBeLessThan(1);
    const expected = under(fixture, "grad.");
    const actual = namedParams(gradient);
    expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort());
    for (const [name, want] of Object.entries(expected)) {
      expect(errorOverFair(await actual[name]!.data(), want), name).toBeLessThan(1);
    }
  });
});
