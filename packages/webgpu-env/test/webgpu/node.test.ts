import { expect, it } from "vitest";
import { create, globals } from "webgpu";
import { double } from "../double.js";

Object.assign(globalThis, globals);

it("doubles an array on Dawn in Node, on SwiftShader", async () => {
  const gpu = create([]);
  const result = await double(gpu, [1, 2.5, -3, 0]);
  expect(result.adapter.toLowerCase()).toContain("swiftshader");
  expect(result.values).toEqual([2, 5, -6, 0]);
});
