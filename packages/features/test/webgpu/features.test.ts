import { createDevice } from "@isoflop/tensor";
import { expect, it } from "vitest";
import { mobilenetV2 } from "../../src/index.js";
import { differenceFromTfjs } from "../pictures.js";

it("MobileNetV2 has the features of TensorFlow.js on WebGPU", async () => {
  using device = await createDevice("webgpu");
  expect(await differenceFromTfjs(mobilenetV2.build({}), "mobilenet_v2", device)).toBeLessThan(2e-5);
});
