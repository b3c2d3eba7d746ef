import { expect, test } from "vitest";
import type { View } from "../../src/compile/kernel.js";
import { describeWebgpu } from "./device.js";
import { expectSame, randoms, view } from "./run.js";

describeWebgpu("smoke", (backend) => {
  test("info", () => {
    console.log(backend.description);
  });
  test("pointwise", async () => {
    for (const n of [1, 3, 4, 17, 1000]) {
      const shape = [n];
      await expectSame(
        backend,
        [
          {
            kind: "pointwise",
            name: "muladd",
            program: {
              shape,
              loads: [view(0, shape), view(1, shape)],
              body: [
                { op: "mul", args: [0, 1], dtype: "f32" },
                { op: "constant", value: 0.5, dtype: "f32" },
                { op: "add", args: [2, 3], dtype: "f32" },
              ],
              results: [4],
            },
            outputs: [view(2, shape)],
          },
        ],
        [randoms(n, 1), randoms(n, 2), randoms(n + 3, 3)],
      );
    }
  });
  test("reduce", async () => {
    for (const [o, r, i] of [
      [1, 1, 1],
      [3, 5, 1],
      [3, 8, 1],
      [2, 700, 1],
      [1, 5000, 1],
      [2, 300, 8],
      [2, 300, 3],
      [4, 2, 64],
    ] as const) {
      for (const reduce of ["sum", "max", "min"] as const)
        await expectSame(
          backend,
          [
            {
              kind: "reduce",
              name: "sum",
              reduce,
              outer: o,
              reduced: r,
              inner: i,
              program: { shape: [o, r, i], loads: [view(0, [o, r, i])], body: [], results: [0] },
              output: view(1, [o, i]),
            },
          ],
          [randoms(o * r * i, 1), randoms(o * i, 2)],
          { relative: 1e-6, absolute: 1e-5 },
        );
    }
  });
  test("matmul", async () => {
    for (const [m, k, n] of [
      [1, 1, 1],
      [5, 7, 9],
      [16, 32, 64],
      [33, 12, 70],
    ] as const)
      for (const ta of [false, true])
        for (const tb of [false, true]) {
          const a: View = { slot: 0, dtype: "f32", shape: [m, k], strides: ta ? [1, m] : [k, 1], offset: 0 };
          const b: View = { slot: 1, dtype: "f32", shape: [k, n], strides: tb ? [1, k] : [n, 1], offset: 0 };
          await expectSame(
            backend,
            [
              {
                kind: "call",
                op: "matmul",
                name: "mm",
                inputs: [a, b, { slot: 2, dtype: "f32", shape: [m, n], strides: [0, 1], offset: 0 }],
                outputs: [view(3, [m, n])],
                attrs: { scale: 0.5 },
              },
            ],
            [randoms(m * k, 1), randoms(k * n, 2), randoms(n, 3), randoms(m * n, 4)],
          );
        }
  });
});
