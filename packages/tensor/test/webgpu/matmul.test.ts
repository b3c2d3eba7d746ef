import { test } from "vitest";
import type { View } from "../../src/compile/kernel.js";
import { describeKernels } from "./device.js";
import { expectSame, randoms, view } from "./run.js";

/** A matrix [rows, columns] of a slot, stored as such or transposed, with `pitch` elements between its rows or columns. */
const matrix = (slot: number, rows: number, columns: number, transposed: boolean, pad = 0, offset = 0): View => ({
  slot,
  dtype: "f32",
  shape: [rows, columns],
  strides: transposed ? [1, rows + pad] : [columns + pad, 1],
  offset,
});

const room = 20000;
const product = (inputs: readonly View[], out: View, scale: number) =>
  ({ kind: "call", op: "matmul", name: "product", inputs, outputs: [out], attrs: { scale } }) as const;
const tolerance = { relative: 3e-6, absolute: 2e-5 };

describeKernels("matmul", (backend) => {
  const orders = [
    [false, false],
    [false, true],
    [true, false],
    [true, true],
  ] as const;

  for (const [ta, tb] of orders)
    test.each([
      [1, 1, 1],
      [5, 7, 9],
      [16, 32, 64],
      [70, 20, 68],
      [9, 64, 130],
      [3, 0, 4],
    ])(
      `${ta ? "T" : "N"}${tb ? "T" : "N"} m %i, k %i, n %i: all orders of memory, a bias row, no neighbour touched`,
      async (m, k, n) => {
        const bias: View = { slot: 2, dtype: "f32", shape: [m, n], strides: [0, 1], offset: 3 };
        await expectSame(
          backend,
          [product([matrix(0, m, k, ta), matrix(1, k, n, tb), bias], view(3, [m, n]), 0.5)],
          [randoms(m * k + 1, 1), randoms(k * n + 1, 2), randoms(n + 3, 3), randoms(m * n + 5, 4)],
          tolerance,
        );
      },
    );

  test("padded rows and odd offsets, with an aligned residual", async () => {
    const [m, k, n] = [12, 17, 20];
    for (const [ta, tb] of orders)
      await expectSame(
        backend,
        [
          product(
            [matrix(0, m, k, ta, 3, 5), matrix(1, k, n, tb, 1, 2), view(2, [m, n])],
            view(3, [m, n], "f32", 1),
            1,
          ),
        ],
        [randoms(1000, 1), randoms(1000, 2), randoms(m * n, 3), randoms(m * n + 1, 4)],
        tolerance,
      );
  });

  test("two batch dimensions with heads inside tokens, and operands shared between batches", async () => {
    const [batch, heads, tokens, width] = [2, 3, 5, 8];
    const perHead = (slot: number): View => ({
      slot,
      dtype: "f32",
      shape: [batch, heads, tokens, width],
      strides: [tokens * heads * width, width, heads * width, 1],
      offset: 0,
    });
    const q = perHead(0);
    const k = perHead(1);
    const keys: View = {
      ...k,
      shape: [batch, heads, width, tokens],
      strides: [k.strides[0]!, k.strides[1]!, 1, k.strides[2]!],
    };
    const scores = view(2, [batch, heads, tokens, tokens]);
    const shared: View = { slot: 1, dtype: "f32", shape: [batch, heads, width, 4], strides: [0, 0, 4, 1], offset: 4 };
    const slots = [randoms(room, 1), randoms(room, 2), randoms(room, 3), randoms(room, 4)];
    await expectSame(backend, [product([q, keys], scores, 0.25)], slots, tolerance);
    await expectSame(backend, [product([q, shared], view(3, [batch, heads, tokens, 4]), 1)], slots, tolerance);
  });

  test("an addend in the output's own buffer", async () => {
    for (const n of [8, 7]) {
      const out = view(2, [6, n]);
      const kernel = product([matrix(0, 6, 8, false), matrix(1, 8, n, false), out], out, 1);
      await expectSame(backend, [kernel], [randoms(48, 1), randoms(8 * n, 2), randoms(6 * n, 3)], tolerance);
    }
  });

  test("large enough for the large tile", async () => {
    const [m, k, n] = [66, 20, 70];
    const batch = 70;
    const a: View = { slot: 0, dtype: "f32", shape: [batch, m, k], strides: [0, k, 1], offset: 0 };
    const b: View = { slot: 1, dtype: "f32", shape: [batch, k, n], strides: [4, n, 1], offset: 0 };
    const slots = [randoms(m * k, 1), randoms(k * n + 4 * batch, 2), randoms(batch * m * n, 3)];
    await expectSame(backend, [product([a, b], view(2, [batch, m, n]), 1)], slots, tolerance);
  });
});
