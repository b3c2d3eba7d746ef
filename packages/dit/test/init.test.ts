import { readFileSync } from "node:fs";
import type { DitConfig } from "@isoflop/flops";
import { createDevice, random } from "@isoflop/tensor";
import { describe, expect, test } from "vitest";
import { dit, namedParams } from "../src/index.js";

interface Laws {
  readonly parameters: Readonly<
    Record<
      string,
      { readonly shape: number[]; readonly all_zero: boolean; readonly xavier_uniform_bound: number | null }
    >
  >;
}

const official = JSON.parse(readFileSync(new URL("./fixtures/dit_init.json", import.meta.url), "utf8")) as Laws;

/** The official DiT's names for what goes by another name in an in-context transformer. */
const upstream: Readonly<Record<string, string>> = {
  "t_embedder.0": "t_embedder.mlp.0",
  "t_embedder.2": "t_embedder.mlp.2",
  linear: "final_layer.linear",
};
const upstreamName = (name: string): string => {
  const module = Object.keys(upstream).find((prefix) => name.startsWith(`${prefix}.`));
  return module ? name.replace(module, upstream[module]!) : name;
};

const config: DitConfig = {
  ...{ image: { height: 8, width: 8, channels: 4 }, patch: 2, width: 192, depth: 2, heads: 3, outChannels: 8 },
  ...{ conditioning: "inContext", context: { kind: "classes", classes: 10 } },
};
const device = await createDevice("wasm");
const params = namedParams(dit(config).init(random.key(8184)));
device.evaluate(params);

const moments = (x: Float32Array) => {
  const mean = x.reduce((sum, v) => sum + v, 0) / x.length;
  const std = Math.sqrt(x.reduce((sum, v) => sum + (v - mean) ** 2, 0) / x.length);
  return { mean, std, most: x.reduce((most, v) => Math.max(most, Math.abs(v)), 0) };
};

describe("every parameter follows the official law of initialisation", () => {
  test.each(Object.keys(params).filter((name) => !/norm/.test(name)))("%s", async (name) => {
    const law = official.parameters[upstreamName(name)]!;
    expect(params[name]!.shape).toEqual(law.shape);
    const { mean, std, most } = moments((await params[name]!.data()) as Float32Array);
    if (law.all_zero) {
      expect(most).toBe(0);
      return;
    }
    const normal = /t_embedder|embedding_table/.test(name);
    const wanted = normal ? 0.02 : law.xavier_uniform_bound! / Math.sqrt(3);
    // Five standard errors: of a mean, std / sqrt(n); of a standard deviation, at most std / sqrt(2n).
    const n = params[name]!.size;
    expect(Math.abs(mean)).toBeLessThan((5 * wanted) / Math.sqrt(n));
    expect(Math.abs(std / wanted - 1)).toBeLessThan(5 / Math.sqrt(2 * n));
    if (!normal) {
      expect(most).toBeLessThanOrEqual(law.xavier_uniform_bound! * (1 + 1e-6));
      expect(most).toBeGreaterThan(law.xavier_uniform_bound! * (1 - 20 / n));
    }
  });

  test.each(Object.keys(params).filter((name) => /norm/.test(name)))("%s is the identity", async (name) => {
    const wanted = name.endsWith("weight") ? 1 : 0;
    expect(new Set((await params[name]!.data()) as Float32Array)).toEqual(new Set([wanted]));
  });

  test("no two matrices are alike, and the key decides them", async () => {
    const again = namedParams(dit(config).init(random.key(8184)));
    const other = namedParams(dit(config).init(random.key(8185)));
    const name = "blocks.0.attn.proj.weight";
    const mine = await params[name]!.data();
    expect(await again[name]!.data(device)).toEqual(mine);
    expect(await other[name]!.data(device)).not.toEqual(mine);
    expect(await params["blocks.1.attn.proj.weight"]!.data()).not.toEqual(mine);
  });
});

test("a new model predicts exactly 0", async () => {
  const model = dit(config);
  const x = random.normal(random.key(1), [2, 4, 8, 8]);
  const out = model.apply(model.init(random.key(2)), x, device.tensor([0.1, 0.9]), device.tensor(Int32Array.of(3, 10)));
  expect(out.shape).toEqual([2, 8, 8, 8]);
  expect(moments((await out.data()) as Float32Array).most).toBe(0);
});
