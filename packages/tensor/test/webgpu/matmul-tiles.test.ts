import { expect, test } from "vitest";
import { dispatchesOf } from "../../src/backends/webgpu/dispatches.js";
import { BLOCK, geometry } from "../../src/backends/webgpu/kernels/matmul/geometry.js";
import { dispatchesOfTiling } from "../../src/backends/webgpu/kernels/matmul/tiled.js";
import { TILES, type Tile, type Tiling } from "../../src/backends/webgpu/kernels/matmul/tiles.js";
import type { DispatchContext } from "../../src/backends/webgpu/variant.js";
import type { KernelOf, View } from "../../src/compile/kernel.js";
import type { matmulOp } from "../../src/ops/matmul.js";
import { describeKernels, describeWebgpu } from "./device.js";
import { runDispatches } from "./dispatches.js";
import { type Memory, memory, runReference } from "./reference.js";
import { fromArray, randoms, runOn, view } from "./run.js";

const matrix = (slot: number, rows: number, columns: number, transposed: boolean): View => ({
  slot,
  dtype: "f32",
  shape: [rows, columns],
  strides: transposed ? [1, rows] : [columns, 1],
  offset: 0,
});

describeWebgpu("tiles of a product", (backend, device) => {
  /** A product with a bias under a tiling, against float64; what lies behind the output must stay. */
  const check = async (order: string, [m, k, n]: readonly [number, number, number], tiling: Tiling): Promise<void> => {
    const bias: View = { slot: 2, dtype: "f32", shape: [m, n], strides: [0, 1], offset: 0 };
    const kernel: KernelOf<typeof matmulOp> = {
      kind: "call",
      op: "matmul",
      name: "product",
      inputs: [matrix(0, m, k, order[0] === "T"), matrix(1, k, n, order[1] === "T"), bias],
      outputs: [view(3, [m, n])],
      attrs: { scale: 0.5 },
    };
    const poison = memory(m * n + 4);
    poison.f32.fill(Number.NaN);
    const slots: Memory[] = [randoms(m * k, 1), randoms(k * n, 2), randoms(n, 3), poison];
    const bytes: number[] = [];
    const context: DispatchContext = {
      info: backend.info,
      scratch: (size) => slots.length + bytes.push(size) - 1,
      dispatches: (part) => dispatchesOf(part, context),
    };
    const dispatches = dispatchesOfTiling(geometry(kernel), "product", tiling, context);
    const actual = await runDispatches(device, dispatches, kernel, slots, bytes);
    const expected = slots.map((slot) => fromArray(slot.u32, "u32"));
    runReference(kernel, expected);
    let worst = 0;
    for (let i = 0; i < m * n; i++) worst = Math.max(worst, Math.abs(actual[i]! - expected[3]!.f32[i]!));
    expect(worst).toBeLessThan(1e-6 * Math.sqrt(k) + 1e-6);
    expect([...actual.slice(m * n, m * n + 4)].every(Number.isNaN)).toBe(true);
  };

  const tiling = (tile: Tile, k: number, splits: number, aligned = false): Tiling => {
    const span = Math.ceil(k / splits / tile.depth) * tile.depth;
    return { tile, span, splits: Math.ceil(k / span), aligned };
  };
  for (const { height, width, rows, columns, ...rest } of TILES)
    for (const order of ["NN", "NT", "TN"])
      test(`${height}x${width} of ${rows}x${columns}, ${order}`, async () => {
        const tile: Tile = { height, width, rows, columns, ...rest };
        await check(order, [height, 2 * tile.depth, width], tiling(tile, 2 * tile.depth, 1));
        await check(order, [height + 3, 2 * tile.depth + 1, width + 5], tiling(tile, 2 * tile.depth + 1, 2));
      });

  const smallest = TILES.at(-1)!;
  test("both operands transposed, edges of whole rows of four", () =>
    check("TT", [36, 40, 28], tiling(smallest, 40, 3)));

  test("sums over several blocks", async () => {
    for (const k of [BLOCK, 2 * BLOCK, 2 * BLOCK + 7])
      for (const splits of [1, 3]) await check("NN", [9, k, 12], tiling(smallest, k, splits));
  });

  test("odd extents through aligned rows", async () => {
    for (const order of ["NN", "TN"]) await check(order, [35, 33, 37], tiling(smallest, 33, 1, true));
    await check("NN", [35, 65, 37], tiling(smallest, 65, 2, true));
  });
});

describeKernels("long sums", (backend) => {
  test("of 2^18 terms", async () => {
    const [m, k, n] = [2, 2 ** 18, 4];
    const [a, b] = [randoms(m * k, 1), randoms(k * n, 2)];
    // All of one sign: what a running sum in f32 gets wrong by more the longer it is.
    for (const { f32 } of [a, b]) for (let i = 0; i < f32.length; i++) f32[i] = 1 + Math.abs(f32[i]!);
    const kernel: KernelOf<typeof matmulOp> = {
      kind: "call",
      op: "matmul",
      name: "product",
      inputs: [matrix(0, m, k, false), matrix(1, k, n, false)],
      outputs: [view(2, [m, n])],
      attrs: { scale: 1 },
    };
    const after = await runOn(backend, [kernel], [a, b, memory(m * n)]);
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        let exact = 0;
        for (let d = 0; d < k; d++) exact += a.f32[i * k + d]! * b.f32[d * n + j]!;
        expect(Math.abs(after[2]!.f32[i * n + j]! / exact - 1)).toBeLessThan(2e-6);
      }
  });
});
