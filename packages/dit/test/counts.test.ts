import { conditionings, conventions, forward, type PresetName, parameters, presets, training } from "@isoflop/flops";
import { createDevice, jit, leavesOf, mean, random, spec, valueAndGrad } from "@isoflop/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type DitParams, dit, namedParams, parameterCount } from "../src/index.js";
import { anyConfig, configOf, guidedBy, shapeOf, standIns, zeroCondition } from "./configs.js";

const device = await createDevice("reference");

test("parameterCount is what init makes and what @isoflop/flops counts", () => {
  fc.assert(
    fc.property(anyConfig, (config) => {
      const made = leavesOf(dit(config).init(random.key(1))).reduce((n, { size }) => n + size, 0);
      const count = parameterCount(config);
      const closed = parameters(config);
      expect(count.trainable).toBe(made);
      expect(count.trainable).toBe(closed.trainable);
      expect(count.nonEmbedding).toBe(closed.nonEmbedding);
      expect(count.parts).toEqual(closed.parts);
    }),
  );
});

test.each(conditionings)("traced FLOPs of %s are the closed forms' to the last one, forward and backward", (name) => {
  fc.assert(
    fc.property(configOf(name), fc.integer({ min: 1, max: 3 }), (config, n) => {
      const model = dit(config);
      const x = spec(shapeOf(config, n));
      const condition = zeroCondition(config, n, device);
      const apply = (params: DitParams, image: typeof x, t: typeof x) =>
        model.apply(params, image, t, condition, guidedBy(config, t));
      const params = standIns(config);
      const once = jit(apply, { device }).program(params, x, spec([n]));
      expect(once.flops.products).toBe(n * forward(config).total);
      const step = valueAndGrad((p: DitParams, image: typeof x, t: typeof x) => mean(apply(p, image, t)));
      const twice = jit(step, { device }).program(params, x, spec([n]));
      // Attention keeps no scores, so its backward pass computes Q Kᵀ again: the "exactFused" convention.
      expect(twice.flops.products).toBe(n * training(config, conventions.exactFused).total.total);
    }),
    { numRuns: 40 },
  );
});

test.each(Object.keys(presets) as PresetName[])("%s builds, with the parameters of its closed form", (name) => {
  expect(dit(presets[name]).config).toBe(presets[name]);
  expect(parameterCount(presets[name]).parts).toEqual(parameters(presets[name]).parts);
});

test("names are the official code's", () => {
  const setup = { image: { height: 8, width: 8, channels: 3 }, patch: 2 } as const;
  const size = { width: 8, depth: 1, heads: 1 };
  const config = { ...setup, ...size, conditioning: "inContext", context: { kind: "none" } } as const;
  expect(Object.keys(namedParams(dit(config).init(random.key(0)))).sort()).toEqual(
    [
      ...["attn.proj", "attn.qkv", "mlp.fc1", "mlp.fc2", "norm1", "norm2"].map((name) => `blocks.0.${name}`),
      ...["linear", "norm", "t_embedder.0", "t_embedder.2", "x_embedder.proj"],
    ].flatMap((name) => [`${name}.bias`, `${name}.weight`]),
  );
});
