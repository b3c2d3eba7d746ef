import { createDevice, type Device, meanSquaredError, type Tensor, valueAndGrad } from "@isoflop/tensor";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type DitParams, dit, namedParams, paramsFrom } from "../src/index.js";
import { errorOverFair, readFixture, under } from "./fixture.js";

// The fixture's features are upstream's float32, up to 3e-5 off the formula, so the network is given those; ours have a test of their own.
const given = vi.hoisted(() => ({ features: undefined as Tensor | undefined }));
vi.mock("../src/time-features.js", async (original) => ({
  ...(await original<typeof import("../src/time-features.js")>()),
  timeFeatures: () => given.features,
}));

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
  const tensor = (name: string): Tensor => device.tensor(input[name]!.data, input[name]!.shape);

  beforeAll(async () => {
    device = await createDevice(kind);
    given.features = tensor("t_features");
    params = paramsFrom(model, under(fixture, "param."), device);
  });
  afterAll(() => device.destroy());

  test("its output", async () => {
    const output = model.apply(params, tensor("x"), tensor("t"), tensor("context"));
    expect(errorOverFair(await output.data(), fixture.get("output")!)).toBeLessThan(1);
  });

  test("its loss and every gradient", async () => {
    const loss = (at: DitParams) =>
      meanSquaredError(model.apply(at, tensor("x"), tensor("t"), tensor("context")), tensor("target"));
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
