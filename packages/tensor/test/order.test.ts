import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Unit } from "../src/compile/cluster.js";
import { inOrder } from "../src/compile/compile.js";
import { UnitOrder } from "../src/compile/unit-order.js";
import type { Node } from "../src/graph/tensor.js";
import {
  add,
  cast,
  concat,
  conv2d,
  createDevice,
  type Device,
  exp,
  iota,
  layerNorm,
  mul,
  reshape,
  slice,
  split,
  stack,
  sum,
  type Tensor,
  valueAndGrad,
} from "../src/index.js";
import { pseudoRandom } from "../src/testing/index.js";

/** A random DAG of units 0 .. n-1, each waiting for earlier ones, and merges of neighbours that close no circle. */
const mergeAtRandom = (seed: number, n: number): { order: UnitOrder<number>; needs: Map<number, Set<number>> } => {
  let next = 0;
  const random = (below: number): number => Math.floor(pseudoRandom(seed, next++) * below);
  const order = new UnitOrder<number>();
  const needs = new Map<number, Set<number>>();
  const awaited = (unit: number): Set<number> => {
    const seen = new Set<number>();
    const stack = [...needs.get(unit)!];
    while (stack.length > 0) {
      const at = stack.pop()!;
      if (seen.has(at)) continue;
      seen.add(at);
      stack.push(...needs.get(at)!);
    }
    return seen;
  };
  for (let unit = 0; unit < n; unit++) {
    const placed = [...needs.keys()];
    order.append(unit);
    needs.set(unit, new Set(placed.filter(() => random(4) === 0)));
    const early = [...needs.get(unit)!][random(3)];
    if (early === undefined) continue;
    const through = [...needs.get(unit)!].filter((other) => other !== early && awaited(other).has(early));
    if (through.length > 0) continue;
    const between = new Set([...awaited(unit)].filter((other) => other !== early && !order.isBefore(other, early)));
    order.merge(early, unit, between);
    for (const other of needs.get(unit)!) if (other !== early) needs.get(early)!.add(other);
    needs.delete(unit);
    for (const row of needs.values()) if (row.delete(unit)) row.add(early);
  }
  return { order, needs };
};

describe("the order of kernels", () => {
  it("stays topological while units merge, in 200 random graphs", () => {
    let edges = 0;
    for (let seed = 0; seed < 200; seed++) {
      const { order, needs } = mergeAtRandom(seed, 30);
      for (const [unit, row] of needs)
        for (const other of row) {
          expect(order.isBefore(other, unit), `seed ${seed}: ${other} before ${unit}`).toBe(true);
          edges++;
        }
    }
    expect(edges).toBeGreaterThan(1000);
  });

  it("is refused to units that wait for each other", () => {
    // A graph cannot be recorded with a circle in it, so this one is made by hand.
    const node = (id: number, inputs: readonly Tensor[]): Node =>
      ({
        id,
        op: { name: `op${id}`, lowering: { kind: "scalar" } },
        inputs,
        outputs: [{ shape: [1], dtype: "f32" }],
      }) as unknown as Node;
    const inputs: Tensor[] = [];
    const a = node(1, inputs);
    const b = node(2, [{ node: a, index: 0, shape: [1] } as unknown as Tensor]);
    inputs.push({ node: b, index: 0, shape: [1] } as unknown as Tensor);
    const units = [a, b].map((at) => ({ nodes: [at], last: at.id }) as unknown as Unit);
    const unitOf = new Map([a, b].map((at, i) => [at, units[i]!]));
    expect(() => inOrder(units, unitOf)).toThrow(/op1 <- op2|op2 <- op1/);
  });
});

describe.each(["reference", "wasm"] as const)("on %s", (kind) => {
  let device: Device;
  beforeAll(async () => {
    device = await createDevice(kind);
  });
  afterAll(() => device.destroy());

  const ramp = (...shape: number[]): Tensor =>
    device.tensor(
      Float32Array.from({ length: shape.reduce((p, n) => p * n, 1) }, (_, i) => i + 1),
      shape,
    );

  it("a norm whose parts are split, joined again and read twice is computed before it is read", async () => {
    const weights = (k: number): Tensor => mul(cast(add(iota([8], 0, "u32"), k), "f32"), 0.5);
    const x = device.tensor(
      Float32Array.from({ length: 8 }, (_, i) => Math.sin(3 * i)),
      [2, 4],
    );
    const w = device.tensor([1, 2, 3, 4]);
    const { value, extra, gradient } = valueAndGrad(([x_, w_]: readonly Tensor[]) => {
      const n = layerNorm(x_!, { weight: w_! });
      const [p, q] = split(n, [2, 2], 1);
      const c = concat([q!, p!], 1);
      const loss = add(
        sum(mul(reshape(c, [8]) as Tensor, weights(1))),
        sum(mul(reshape(n, [8]) as Tensor, weights(2))),
      );
      return [loss as Tensor, [c, n]] as const;
    })([x, w]);
    device.evaluate([value, extra, gradient]);
    // In float64, from the definition.
    const rows = [0, 1].map((r) => [0, 1, 2, 3].map((c) => Math.sin(3 * (4 * r + c))));
    const normal = rows.flatMap((row) => {
      const middle = row.reduce((a, b) => a + b) / 4;
      const scale = 1 / Math.sqrt(row.reduce((a, b) => a + (b - middle) ** 2, 0) / 4 + 1e-5);
      return row.map((v, c) => (v - middle) * scale * (c + 1));
    });
    const swapped = [2, 3, 0, 1, 6, 7, 4, 5].map((i) => normal[i]!);
    const expected = normal.reduce((all, v, i) => all + v * 0.5 * (i + 2) + swapped[i]! * 0.5 * (i + 1), 0);
    expect(await value.item()).toBeCloseTo(expected, 4);
    expect(expected).toBeCloseTo(28.98634, 4);
  });

  it("parts of a larger value are joined", async () => {
    const x = ramp(4);
    expect([...(await concat([slice(x, [{ start: 1 }]), slice(x, [{ stop: 1 }])]).data())]).toEqual([2, 3, 4, 1]);
    const y = exp(ramp(3));
    const scalar = (i: number): Tensor => reshape(slice(y, [i]), []) as Tensor;
    const [first, second] = await stack([scalar(2), scalar(0)]).data();
    expect(first).toBeCloseTo(Math.exp(3), 4);
    expect(second).toBeCloseTo(Math.E, 5);
    expect(await conv2d(ramp(1, 1, 3, 3), ramp(1, 1, 3, 3)).item()).toBe(285);
  });
});
