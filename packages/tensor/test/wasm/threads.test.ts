import { afterAll, expect, test } from "vitest";
import type { Backend } from "../../src/backends/backend.js";
import { createWasmBackend } from "../../src/backends/wasm/index.js";
import type { CallKernel, Kernel, PointwiseKernel, ReduceKernel, View } from "../../src/compile/kernel.js";
import { randomFloats, runKernels } from "./harness.js";
import { view } from "./reference.js";

const backends: Backend[] = [];
for (const threads of [1, 2, 3, 5]) backends.push(await createWasmBackend({ threads }));
afterAll(() => {
  for (const backend of backends) backend.destroy();
});

const call = (op: string, inputs: View[], outputs: View[], attrs: CallKernel["attrs"] = {}): CallKernel => ({
  kind: "call",
  op,
  name: op,
  inputs,
  outputs,
  attrs,
});

/** Every kind of kernel, large enough to be cut into several tasks. */
const rows = 2048;
const columns = 192;
const x = (slot: number): View => view(slot, [rows, columns]);
const heads = (slot: number): View => view(slot, [8, 256, 4, 48]);
const mixed: Kernel[] = [
  {
    kind: "pointwise",
    name: "gelu",
    program: { shape: [rows, columns], loads: [x(0)], body: [{ op: "gelu", args: [0], dtype: "f32" }], results: [1] },
    outputs: [x(1)],
  } satisfies PointwiseKernel,
  ...(
    [
      [1, rows, columns, 2],
      [rows, columns, 1, 3],
      [1, rows * columns, 1, 4],
    ] as const
  ).map(
    ([outer, reduced, inner, slot]): ReduceKernel => ({
      kind: "reduce",
      name: "sum",
      reduce: "sum",
      program: {
        shape: [rows, columns],
        loads: [x(1)],
        body: [{ op: "mul", args: [0, 0], dtype: "f32" }],
        results: [1],
      },
      outer,
      reduced,
      inner,
      output: view(slot, [outer * inner]),
    }),
  ),
  call("matmul", [{ ...view(0, [columns, rows]), strides: [1, columns] }, x(1)], [view(5, [columns, columns])], {
    scale: 1,
  }),
  call("softmax", [x(0)], [x(6)], { log: false }),
  call("normalize", [x(0)], [x(7), view(8, [rows])], { eps: 1e-6, center: true }),
  call("attention", [heads(0), heads(1), heads(6)], [heads(9), view(10, [8, 4, 256])], { scale: 0.3 }),
  call(
    "attentionBackward",
    [heads(0), heads(1), heads(6), heads(9), view(10, [8, 4, 256]), heads(7)],
    [heads(11), heads(12), heads(13)],
    { scale: 0.3 },
  ),
];
const n = rows * columns;
const slots = [
  randomFloats(n, 1),
  ...[n, columns, rows, 1, columns * columns, n, n, rows, n, 8 * 4 * 256, n, n, n].map(
    (length) => new Float32Array(length),
  ),
];

test("every result is the same bit for bit on 1, 2, 3 and 5 threads", async () => {
  const [expected, ...others] = await Promise.all(backends.map((backend) => runKernels(backend, mixed, slots)));
  expect(expected![4]![0]).toBeGreaterThan(0);
  for (const [i, found] of others.entries())
    for (const [slot, data] of found.entries())
      expect(
        Buffer.compare(Buffer.from(data.buffer), Buffer.from(expected![slot]!.buffer)),
        `${backends[i + 1]!.description}, slot ${slot}`,
      ).toBe(0);
});

test("helpers that come late, sleep or were asleep never lose or repeat a task", async () => {
  const size = 40_000;
  const increment: PointwiseKernel = {
    kind: "pointwise",
    name: "increment",
    program: {
      shape: [size],
      loads: [view(0, [size])],
      // Dear enough to be shared among threads, and exactly x + 1 in the end.
      body: [
        { op: "constant", value: 1, dtype: "f32" },
        { op: "cos", args: [0], dtype: "f32" },
        { op: "sub", args: [2, 2], dtype: "f32" },
        { op: "add", args: [0, 3], dtype: "f32" },
        { op: "add", args: [4, 1], dtype: "f32" },
      ],
      results: [5],
    },
    outputs: [view(0, [size])],
  };
  for (const backend of backends) {
    const buffer = backend.allocate(size * 4);
    backend.write(buffer, new Float32Array(size));
    const program = backend.compile([increment, increment, increment], 1);
    for (let i = 0; i < 200; i++) {
      program.run([buffer]);
      if (i % 40 === 0) await new Promise((resolve) => setTimeout(resolve, 3));
    }
    const out = await backend.read(buffer, "f32", size);
    expect(out.every((value) => value === 600)).toBe(true);
    program.destroy();
    backend.free(buffer);
  }
});
