import { architectures, type Conditioning, conditionings, type DitConfig } from "@isoflop/flops";
import {
  createDevice,
  type Device,
  leavesOf,
  mapTree,
  meanSquaredError,
  random,
  sum,
  type Tensor,
  valueAndGrad,
} from "@isoflop/tensor";
import { describe, expect, test } from "vitest";
import { type Dit, type DitParams, dit, namedParams } from "../src/index.js";
import { perturbed } from "./perturbed.js";

const device = await createDevice("wasm");

const setup = {
  ...{ image: { height: 4, width: 6, channels: 2 }, patch: 2, width: 16, depth: 2, heads: 2 },
  context: { kind: "words", tokens: 3, vocabulary: 5 },
} as const;

const most = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((peak, value, i) => Math.max(peak, Math.abs(value - b[i]!)), 0);

describe.each(conditionings)("%s with every part", (conditioning) => {
  const config: DitConfig = {
    ...{ ...setup, conditioning, norm: "rms", mlp: "swiglu", positions: "sincos+rope", registers: 2 },
    ...{ guidance: true, timeFeatures: 8, qkNorm: architectures.get(conditioning).crossAttends ? "rms+cross" : "rms" },
  };
  const loss = (model: Dit, on: Device) => {
    const target = random.normal(random.key(3), [2, 2, 4, 6]);
    const [image, time] = [random.normal(random.key(7), [2, 2, 4, 6]), on.tensor([0.2, 0.7])];
    const told = on.tensor(Int32Array.of(1, 2, 0, 4, 4, 1), [2, 3]);
    const options = { guidance: on.tensor([3.5, 1]) };
    return (params: DitParams): Tensor => meanSquaredError(model.apply(params, image, time, told, options), target);
  };

  test("moves as its gradient says", async () => {
    const reference = await createDevice("reference");
    const shallow: DitConfig = { ...config, depth: 1 };
    const f = loss(dit(shallow), reference);
    // Weights of this size keep the loss smooth over a step that f32 can tell.
    const params = mapTree((leaf) => leaf.mul(0.5), await perturbed<Conditioning>(shallow, reference));
    reference.evaluate(params);
    let seed = 100;
    const way = mapTree(({ shape }) => random.normal(random.key(seed++), shape), params);
    const { gradient } = valueAndGrad(f)(params);
    const [slopes, ways] = [leavesOf(gradient), leavesOf(way)];
    const slope = slopes.map((leaf, i) => sum(leaf.mul(ways[i]!))).reduce((a, b) => a.add(b));
    const step = 1e-3;
    const at = async (by: number) => f(mapTree((leaf, along) => leaf.add(along!.mul(by)), params, way)).item();
    const [up, down, expected] = [await at(step), await at(-step), await slope.item()];
    expect(Math.abs((up - down) / (2 * step) - expected)).toBeLessThan(2e-2 * Math.abs(expected) + 1e-3);
  });

  test("has the same gradient where its blocks are checkpointed", async () => {
    const params = await perturbed(config, device);
    const [plain, lean] = [{}, { checkpointing: "blocks" } as const].map((options) => {
      const { gradient } = valueAndGrad(loss(dit(config, options), device))(params);
      device.evaluate(gradient);
      return namedParams(gradient);
    });
    for (const [name, leaf] of Object.entries(plain!)) {
      const values = await leaf.data();
      const peak = Array.from(values).reduce((most, v) => Math.max(most, Math.abs(v)), 0);
      expect(most(await lean![name]!.data(), values), name).toBeLessThanOrEqual(1e-5 * peak);
    }
  });
});
