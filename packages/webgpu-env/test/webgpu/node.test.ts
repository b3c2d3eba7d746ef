import { expect, it } from "vitest";
import { create, globals } from "webgpu";
import { double } from "../double.js";

Object.assign(globalThis, globals);

/** The driver this process was started with, by its manifest. */
const driver = process.env.VK_DRIVER_FILES?.endsWith("lvp_icd.json") ? "llvmpipe" : "swiftshader";

it(`doubles an array on Dawn in Node, on ${driver}`, async () => {
  const gpu = create([]);
  const result = await double(gpu, [1, 2.5, -3, 0]);
  expect(result.adapter.toLowerCase()).toContain(driver);
  expect(result.values).toEqual([2, 5, -6, 0]);
});
