import { createDevice, type Device, jit, mul, sum, type Tensor, valueAndGrad } from "@isoflop/tensor";
import { afterAll, beforeAll, expect, it } from "vitest";
import { packTree } from "../src/pack.js";

let device: Device;
beforeAll(async () => {
  device = await createDevice("wasm", { wasm: { threads: 1 } });
});
afterAll(() => device.destroy());

const tree = () => ({
  blocks: [
    { weight: device.tensor([1, 2, 3, 4, 5, 6], [2, 3]) as Tensor },
    { weight: device.tensor([7], [1]) as Tensor },
  ],
  bias: device.tensor([8, 9]) as Tensor,
});

it("lays leaves out by sorted name, with official names and shapes", async () => {
  const packing = packTree(tree());
  expect(packing.slots).toEqual([
    { name: "bias", shape: [2], offset: 0, size: 2 },
    { name: "blocks.0.weight", shape: [2, 3], offset: 2, size: 6 },
    { name: "blocks.1.weight", shape: [1], offset: 8, size: 1 },
  ]);
  expect(packing.size).toBe(9);
  expect([...(await packing.pack(tree()).data())]).toEqual([8, 9, 1, 2, 3, 4, 5, 6, 7]);
});

it("gives the tree back from the vector", async () => {
  const packing = packTree(tree());
  const back = packing.unpack(packing.pack(tree()));
  expect(back.blocks[0]!.weight.shape).toEqual([2, 3]);
  expect([...(await back.blocks[0]!.weight.data())]).toEqual([1, 2, 3, 4, 5, 6]);
  expect([...(await back.bias.data())]).toEqual([8, 9]);
});

it("turns gradients of leaves into one vector", async () => {
  const packing = packTree(tree());
  const gradient = jit(
    (flat: Tensor) =>
      valueAndGrad((f: Tensor) => {
        const { blocks, bias } = packing.unpack(f);
        return sum(mul(blocks[0]!.weight, 2)).add(sum(mul(bias, bias))) as Tensor;
      })(flat).gradient,
    { device },
  );
  const flat = device.tensor([8, 9, 1, 2, 3, 4, 5, 6, 7]) as unknown as Tensor;
  expect([...(await gradient(flat).data())]).toEqual([16, 18, 2, 2, 2, 2, 2, 2, 0]);
});

it("names the leaf that cannot be trained, is missing or has another shape", () => {
  expect(() => packTree({ table: device.tensor([1], [1], "i32") })).toThrow("parameter table is i32");
  expect(() => packTree({})).toThrow("no parameters");
  const packing = packTree(tree());
  const other = { ...tree(), bias: device.tensor([1]) as Tensor };
  expect(() => packing.pack(other)).toThrow("differ from the packed ones at bias");
});
