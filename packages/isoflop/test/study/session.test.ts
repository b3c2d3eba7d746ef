import { shapeScenes } from "@isoflop/data";
import type { RunSpec } from "@isoflop/sweep";
import { createDevice } from "@isoflop/tensor";
import { describe, expect, it } from "vitest";
import { planStudy } from "../../src/study/index.js";
import { longestFirst, lotsOf, threadsOfEach } from "../../src/study/session.js";
import { tiny } from "./tiny.js";

it.each([
  [2, 1, 2],
  [2, 2, 1],
  [8, 3, 2],
  [1, 4, 1],
])("%d cores among %d devices are %d threads for each", (cores, devices, threads) => {
  expect(threadsOfEach(cores, devices)).toBe(threads);
});

it("a machine of more cores than a device takes threads is given one that can be had", async () => {
  const device = await createDevice("wasm", { wasm: { threads: threadsOfEach(256, 1) } });
  expect(device.description).toMatch(/^wasm: \d+ threads/);
  device.destroy();
});

describe("the order of runs", () => {
  const placed = async (more: Parameters<typeof tiny>[0]): Promise<readonly RunSpec[]> =>
    (await planStudy(tiny(more), async () => shapeScenes({ size: 16 }))).grid.map(({ spec }) => spec);
  const cells = (specs: readonly RunSpec[]) => specs.map(({ budget, model }) => `${budget}/${model.width}`);

  it("has the longest first and every run once", async () => {
    const specs = await placed({ grid: { budgets: [1e9, 4e9], widths: [8, 16, 24], seeds: 2 } });
    const order = longestFirst(specs);
    expect(new Set(order)).toEqual(new Set(specs));
    expect(order.slice(0, 6).every(({ budget }) => budget === 4e9)).toBe(true);
  });

  it("leaves the last of equally long runs all cores, and a grid of unlike ones in one lot", async () => {
    const three = await placed({ grid: { budgets: 4e9, widths: [8, 16, 24] } });
    expect(lotsOf(three, 2).map(({ length }) => length)).toEqual([2, 1]);
    expect(new Set(cells(lotsOf(three, 2).flat()))).toEqual(new Set(cells(three)));
    expect(lotsOf(three, 3).map(({ length }) => length)).toEqual([3]);
    expect(lotsOf(three, 8).map(({ length }) => length)).toEqual([3]);
    expect(lotsOf(three, 1).map(({ length }) => length)).toEqual([3]);
    const unlike = await placed({ grid: { budgets: [1e9, 4e9, 8e9], widths: [8] } });
    expect(lotsOf(unlike, 2).map(({ length }) => length)).toEqual([3]);
  });
});
