import { expect } from "vitest";
import {
  add,
  checkpoint,
  concat,
  type Device,
  flip,
  grad,
  jit,
  mul,
  reshape,
  sin,
  sum,
  type Tensor,
  transpose,
} from "../src/index.js";

/** Longer than the call stack is deep, wherever something might recurse along it. */
const LONG = 12_000;

const repeat = (x: Tensor, times: number, f: (x: Tensor, i: number) => Tensor): Tensor => {
  let y = x;
  for (let i = 0; i < times; i++) y = f(y, i);
  return y;
};

/** Chains of any length, recorded lazily, compiled or differentiated, end in their value. */
export const chains: readonly [name: string, run: (device: Device) => Promise<void>][] = [
  [
    "views",
    async (device) => {
      const flipped = repeat(device.tensor([1, 2, 3]), LONG + 1, (x) => flip(x, [0]));
      expect([...(await flipped.data())]).toEqual([3, 2, 1]);
      const reshaped = repeat(device.tensor([1, 2, 3]), LONG, (x, i) => reshape(x, i % 2 ? [3] : [1, 3]));
      expect([...(await reshaped.data())]).toEqual([1, 2, 3]);
    },
  ],
  [
    "views that strides cannot express",
    async (device) => {
      const turned = repeat(device.tensor([1, 2, 3, 4, 5, 6]), LONG / 4, (x) =>
        reshape(transpose(reshape(x, [2, 3])), [6]),
      );
      // The turn moves the element at i to 2 i modulo 5: four of them are none.
      expect([...(await turned.data())]).toEqual([1, 2, 3, 4, 5, 6]);
    },
  ],
  [
    "eager ops, then an argument of a compiled function",
    async (device) => {
      const y = repeat(device.tensor([1, 2]), LONG, (x, i) => add(x, i % 2 ? -1 : 2));
      expect([...(await jit((x: Tensor) => mul(x, 2))(y).data())]).toEqual([LONG + 2, LONG + 4]);
    },
  ],
  [
    "ops and views in one program",
    async (device) => {
      const f = jit((x: Tensor) => repeat(x, LONG / 2, (y) => flip(add(y, 1), [0])));
      expect([...(await f(device.tensor([0, 5])).data())]).toEqual([LONG / 2, LONG / 2 + 5]);
    },
  ],
  [
    "gradients, through checkpoints too",
    async (device) => {
      const x = device.tensor([0, 0]);
      const deep = (y: Tensor) => sum(repeat(y, LONG / 2, sin));
      expect([...(await grad(deep)(x).data())]).toEqual([1, 1]);
      expect([...(await grad(checkpoint(deep))(x).data())]).toEqual([1, 1]);
      const views = (y: Tensor) => sum(repeat(y, LONG / 2 + 1, (z) => flip(z, [0])).slice([0]));
      expect([...(await grad(views)(x).data(device))]).toEqual([0, 1]);
    },
  ],
  [
    "an op with very many operands",
    async (device) => {
      const x = device.tensor([1]);
      const y = concat(new Array<Tensor>(150_000).fill(x), 0);
      expect(await sum(y).item()).toBe(150_000);
    },
  ],
];
