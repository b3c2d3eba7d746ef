import type { DitConfig } from "@isoflop/flops";
import type { Device, Tensor } from "@isoflop/tensor";
import { expect } from "vitest";
import { dit, paramsFrom, weightSets } from "../../src/index.js";
import { describeFixture, errorOverFair, readFixture, readIntegers } from "../fixture.js";
import { given } from "./case.js";

/** A model of other code: its weights under its own names, and what it predicts from `input.*`. */
export interface UpstreamCase {
  readonly fixture: string;
  readonly layout: string;
  /** Times and what the model is told, from the fixture. */
  inputs(device: Device): { readonly t: Tensor; readonly condition: Parameters<ReturnType<typeof dit>["apply"]>[3] };
}

const times = (device: Device, steps: ArrayLike<number>): Tensor =>
  device.tensor(Float32Array.from(steps, (step) => step / 1000));

const lightningDit: UpstreamCase = {
  fixture: "lightningdit_tiny",
  layout: "LightningDiT",
  inputs: (device) => ({
    t: given(device, "lightningdit_tiny", "input.t"),
    condition: device.tensor(readIntegers("lightningdit_tiny", "input.y")),
  }),
};

const diffusersDit: UpstreamCase = {
  fixture: "diffusers_dit_tiny",
  layout: "diffusersDiT",
  inputs: (device) => ({
    t: times(device, readIntegers("diffusers_dit_tiny", "input.t")),
    condition: device.tensor(readIntegers("diffusers_dit_tiny", "input.y")),
  }),
};

const diffusersPixart: UpstreamCase = {
  fixture: "diffusers_pixart_tiny",
  layout: "diffusersPixArt",
  inputs: (device) => ({
    t: times(device, readIntegers("diffusers_pixart_tiny", "input.t")),
    condition: given(device, "diffusers_pixart_tiny", "input.y"),
  }),
};

const diffusersSd3: UpstreamCase = {
  fixture: "diffusers_sd3_tiny",
  layout: "diffusersSD3",
  inputs(device) {
    const input = (key: string) => given(device, "diffusers_sd3_tiny", `input.${key}`);
    const t = times(device, readFixture("diffusers_sd3_tiny").get("input.t")!.data);
    return { t, condition: { tokens: input("y"), pooled: input("pooled") } };
  },
};

export const upstreamCases = [lightningDit, diffusersDit, diffusersPixart, diffusersSd3];

/** Holds what weights of other code predict to what that code computes with them in float64. */
export const expectUpstream = async (device: Device, { fixture, layout, inputs }: UpstreamCase): Promise<void> => {
  const config = describeFixture(fixture).config as DitConfig;
  const arrays = readFixture(fixture).under("param.");
  expect(weightSets(arrays)).toEqual([{ layout, prefix: "" }]);
  const model = dit(config);
  const { t, condition } = inputs(device);
  const output = model.apply(paramsFrom(model, arrays, device), given(device, fixture, "input.x"), t, condition);
  expect(errorOverFair(await output.data(), readFixture(fixture).get("output")!)).toBeLessThan(1);
};
