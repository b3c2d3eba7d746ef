import { expect, test } from "vitest";
import type { CallKernel, View } from "../../src/compile/kernel.js";
import { describeKernels } from "./device.js";
import { expectSame, fromArray, randoms, runOn, view } from "./run.js";

const call = (
  op: string,
  inputs: readonly View[],
  outputs: readonly View[],
  attrs: CallKernel["attrs"] = {},
): CallKernel => ({ kind: "call", op, name: `${op} under test`, inputs, outputs, attrs });

const loose = { relative: 4e-6, absolute: 4e-6 };

describeKernels("rows", (backend) => {
  const shapes = [
    [1, 1],
    [3, 7],
    [5, 64],
    [2, 300],
    [70, 12],
  ] as const;
  test.each(shapes)("softmax, its logarithm and their gradient [%i, %i]", async (rows, columns) => {
    const shape = [rows, columns];
    const n = rows * columns;
    const slots = [randoms(n, 1), randoms(n, 2), randoms(n, 3), randoms(n, 4)];
    slots[0]!.f32.forEach((x, i) => {
      slots[0]!.f32[i] = x * 20;
    });
    const [x, dy, y, dx] = [0, 1, 2, 3].map((slot) => view(slot, shape)) as [View, View, View, View];
    await expectSame(
      backend,
      [call("softmax", [x], [y], { log: false }), call("softmaxBackward", [y, dy], [dx])],
      slots,
      loose,
    );
    await expectSame(backend, [call("softmax", [x], [y], { log: true })], slots, loose);
  });

  test.each(shapes)("normalisation and its gradient [%i, %i]", async (rows, columns) => {
    const shape = [rows, columns];
    const n = rows * columns;
    // The offset mean makes a one-pass variance fail.
    const shifted = randoms(n, 5);
    shifted.f32.forEach((x, i) => {
      shifted.f32[i] = x + 30;
    });
    for (const center of [true, false]) {
      const slots = [shifted, randoms(n, 6), randoms(n, 7), randoms(rows + 2, 8), randoms(n, 9)];
      const [x, dxhat, xhat, rstd, dx] = [
        ...[0, 1, 2].map((slot) => view(slot, shape)),
        view(3, [rows], "f32", 2),
        view(4, shape),
      ] as [View, View, View, View, View];
      const kernels = [
        call("normalize", [x], [xhat, rstd], { eps: 1e-5, center }),
        call("normalizeBackward", [dxhat, xhat, rstd], [dx], { center }),
      ];
      await expectSame(backend, kernels, slots, { relative: 2e-5, absolute: columns === 1 ? 2e-3 : 1e-4 });
    }
  });

  test("a row of equal values has softmax 1/n and a zero normalisation", async () => {
    const shape = [1, 8];
    const x = fromArray(new Array(8).fill(1e4));
    const [, y] = await runOn(backend, [call("softmax", [view(0, shape)], [view(1, shape)])], [x, randoms(8)]);
    expect([...y!.f32]).toEqual(new Array(8).fill(0.125));
    const normalize = call("normalize", [view(0, shape)], [view(1, shape), view(2, [1])], { eps: 1e-6, center: true });
    const [, xhat, rstd] = await runOn(backend, [normalize], [x, randoms(8), randoms(1)]);
    expect([...xhat!.f32]).toEqual(new Array(8).fill(0));
    expect(rstd!.f32[0]).toBeCloseTo(1000, 2);
  });
});

describeKernels("rows by index", (backend) => {
  test("take: rows of a table, NaN or 0 outside", async () => {
    const indices = fromArray([2, 0, -1, 4, 3, 2 ** 31 - 1], "i32");
    const kernel = (dtype: View["dtype"]) =>
      call("take", [view(0, [4, 3], dtype), view(1, [6], "i32")], [view(2, [6, 3], dtype)]);
    await expectSame(backend, [kernel("f32")], [randoms(12), indices, randoms(18)], { relative: 0, absolute: 0 });
    await expectSame(backend, [kernel("u32")], [randoms(12), indices, randoms(18)]);
  });

  test("scatterAdd: sums in index order, bit for bit", async () => {
    const n = 50;
    const indices = fromArray(
      Array.from({ length: n }, (_, i) => ((i * 7) % 11) - 2),
      "i32",
    );
    const slots = [indices, randoms(n * 5, 2), randoms(8 * 5, 3)];
    const kernel = call("scatterAdd", [view(0, [n], "i32"), view(1, [n, 5])], [view(2, [8, 5])]);
    const [, , actual] = await runOn(backend, [kernel], slots);
    const expected = new Float32Array(40);
    for (let i = 0; i < n; i++) {
      const row = indices.i32[i]!;
      if (row >= 0 && row < 8) for (let c = 0; c < 5; c++) expected[row * 5 + c]! += slots[1]!.f32[i * 5 + c]!;
    }
    expect(actual!.f32).toEqual(expected);
    await expectSame(backend, [call("scatterAdd", [view(0, [0], "i32"), view(1, [0, 5])], [view(2, [8, 5])])], slots);
  });

  test("gather and its gradient", async () => {
    const indices = fromArray(
      Array.from({ length: 2 * 3 * 4 }, (_, i) => (i * 5) % 7),
      "i32",
    );
    const at = view(1, [2, 3, 4], "i32");
    await expectSame(
      backend,
      [
        call("gather", [view(0, [2, 6, 4]), at], [view(2, [2, 3, 4])]),
        call("gatherBackward", [at, view(3, [2, 3, 4])], [view(4, [2, 6, 4])]),
      ],
      [randoms(48), indices, randoms(24, 2), randoms(24, 3), randoms(48, 4)],
    );
  });
});

describeKernels("cumsum", (backend) => {
  test.each([
    [1, 1, 1],
    [2, 5, 3],
    [1, 257, 2],
    [2, 1000, 1],
    [1, 40000, 1],
  ])("[%i, %i, %i], both directions", async (outer, n, inner) => {
    const shape = [outer, n, inner];
    for (const reverse of [false, true])
      await expectSame(
        backend,
        [call("cumsum", [view(0, shape)], [view(1, shape)], { reverse })],
        [randoms(outer * n * inner), randoms(outer * n * inner, 2)],
        { relative: 2e-6, absolute: 2e-4 },
      );
  });
});

describeKernels("random numbers are those of the reference, bit for bit", (backend) => {
  const key = () => fromArray([9, 0x13198a2e, 0x03707344], "u32");
  const keyView = view(0, [2], "u32", 1);
  test("bits and keys", async () => {
    const kernels = [
      call("randomBits", [keyView], [view(1, [133], "u32")]),
      call("randomKeys", [keyView], [view(2, [9, 2], "u32")]),
    ];
    await expectSame(backend, kernels, [key(), randoms(133), randoms(18)]);
  });

  test.each([1, 2, 5, 64, 1000])("permutation of %i", async (n) => {
    const [, actual] = await runOn(
      backend,
      [call("permutation", [keyView], [view(1, [n], "i32")])],
      [key(), randoms(n)],
    );
    expect(new Set(actual!.i32).size).toBe(n);
    await expectSame(backend, [call("permutation", [keyView], [view(1, [n], "i32")])], [key(), randoms(n)]);
  });
});

describeKernels("attention", (backend) => {
  test.each([
    [2, 5, 3, 2, 8],
    [1, 16, 16, 1, 12],
    [2, 8, 4, 3, 5],
  ])(
    "batch %i, %i queries, %i keys, %i heads of %i: values, log-sum-exp and gradients",
    async (batch, queries, keys, heads, width) => {
      const tensor = (slot: number, tokens: number, offset = 0, pitch = 1): View => ({
        slot,
        dtype: "f32",
        shape: [batch, tokens, heads, width],
        strides: [tokens * heads * width * pitch, heads * width * pitch, width, 1],
        offset,
      });
      // k and v lie side by side in one buffer, as a joint projection leaves them.
      const half = heads * width;
      const [q, k, v] = [tensor(0, queries), tensor(1, keys, 0, 2), tensor(1, keys, half, 2)];
      const lse = view(3, [batch, heads, queries]);
      const dout = tensor(4, queries);
      const nq = batch * queries * half;
      const nk = batch * keys * half;
      const slots = [nq, 2 * nk, nq, batch * heads * queries, nq, nq, nk, nk].map((n, seed) => randoms(n, seed + 1));
      const attrs = { scale: width ** -0.5 };
      await expectSame(
        backend,
        [
          call("attention", [q, k, v], [tensor(2, queries), lse], attrs),
          call(
            "attentionBackward",
            [q, k, v, tensor(2, queries), lse, dout],
            [tensor(5, queries), tensor(6, keys), tensor(7, keys)],
            attrs,
          ),
        ],
        slots,
        loose,
      );
    },
  );
});
