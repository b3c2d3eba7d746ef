import { conditionings, type DitConfig } from "@isoflop/flops";
import { createDevice, jit, meanSquaredError, norm, random, type Tensor, valueAndGrad } from "@isoflop/tensor";
import { expect, test } from "vitest";
import { type DitParams, dit, namedParams } from "../src/index.js";
import { timeFeatures } from "../src/time-features.js";
import { zeroCondition } from "./configs.js";
import { perturbed } from "./perturbed.js";

const device = await createDevice("wasm");
const n = 2;
const x = random.normal(random.key(7), [n, 2, 4, 6]);
const t = device.tensor([0.1, 0.7]);

const config = (conditioning: DitConfig["conditioning"]): DitConfig => ({
  ...{ image: { height: 4, width: 6, channels: 2 }, patch: 2, width: 16, depth: 2, heads: 2, conditioning },
  context: { kind: "words", tokens: 3, vocabulary: 5 },
});

const inBlocks = (branches: readonly string[], path = "blocks") =>
  [0, 1].flatMap((i) => [...branches.map((branch) => `${path}.${i}.${branch}`), `${path}.${i}`]);

const around = (inside: readonly string[]) => ["x_embedder", "t_embedder", "context", ...inside, "final_layer"].sort();

const names: Readonly<Record<string, readonly string[]>> = {
  inContext: around(inBlocks(["attn", "mlp"])),
  crossAttention: around(inBlocks(["attn", "cross_attn", "mlp"])),
  adaLN: around(inBlocks(["attn", "mlp"])),
  adaLNZero: around(inBlocks(["attn", "mlp"])),
  adaLNSingle: around(inBlocks(["attn", "cross_attn", "mlp"])),
  mmDit: around(
    [0, 1].flatMap((i) =>
      (i === 0 ? ["context_block", "x_block"] : ["x_block"]).flatMap((stream) =>
        ["", ".attn", ".mlp"].map((part) => `joint_blocks.${i}.${stream}${part}`),
      ),
    ),
  ),
};

test.each(conditionings)(
  "every intermediate of %s is shown once, under its name, and changes nothing",
  async (kind) => {
    const given = config(kind);
    const [params, condition] = [await perturbed(given, device), zeroCondition(given, n, device)];
    const plain = await dit(given).apply(params, x, t, condition).data();
    for (const checkpointing of ["none", "blocks"] as const) {
      const values = new Map<string, Tensor>();
      const onActivation = (name: string, value: Tensor): undefined => {
        expect(values.has(name), name).toBe(false);
        values.set(name, value);
      };
      const out = dit(given, { checkpointing }).apply(params, x, t, condition, { onActivation });
      expect([...values.keys()].sort()).toEqual(names[kind]);
      device.evaluate([out, ...values.values()]);
      expect(Array.from(await out.data())).toEqual(Array.from(plain));
      // Patches of the readout, and tokens as wide as the model elsewhere.
      for (const [name, { shape }] of values)
        expect(shape.slice(-1), name).toEqual([name === "final_layer" ? 8 : given.width]);
    }
  },
);

test("what the hook gives stands in a value's place, in the gradient too", async () => {
  const given = config("adaLN");
  const [model, params] = [dit(given), await perturbed(given, device)];
  const condition = zeroCondition(given, n, device);
  const without = (name: string) => ({
    onActivation: (each: string, value: Tensor) => (each === name ? value.mul(0) : undefined),
  });
  // A second block that gives what came in is a model of one block.
  let first: Tensor | undefined;
  const skipping = {
    onActivation(name: string, value: Tensor) {
      if (name === "blocks.0") first = value;
      return name === "blocks.1" ? first : undefined;
    },
  };
  const { blocks, ...rest } = params as DitParams<"adaLN">;
  const one = dit({ ...given, depth: 1, conditioning: "adaLN" }).apply(
    { ...rest, blocks: [blocks[0]!] },
    x,
    t,
    condition,
  );
  expect(Array.from(await model.apply(params, x, t, condition, skipping).data())).toEqual(Array.from(await one.data()));

  const loss = (p: DitParams, options: object) => meanSquaredError(model.apply(p, x, t, condition, options), x);
  const gradient = valueAndGrad((p: DitParams) => loss(p, without("blocks.1.mlp")))(params).gradient;
  const largest = async (leaf: Tensor) => Math.max(...(await leaf.data()).map(Math.abs));
  expect(await largest(namedParams(gradient)["blocks.1.mlp.fc1.weight"]!)).toBe(0);
  expect(await largest(namedParams(gradient)["blocks.1.attn.qkv.weight"]!)).toBeGreaterThan(0);
});

test("a loss on what is inside has one gradient, with checkpoints too", async () => {
  const given = config("crossAttention");
  const [params, condition] = [await perturbed(given, device), zeroCondition(given, n, device)];
  const [plain, lean] = await Promise.all(
    (["none", "blocks"] as const).map(async (checkpointing) => {
      const model = dit(given, { checkpointing });
      const loss = (p: DitParams) => {
        let aligned: Tensor | undefined;
        const onActivation = (name: string, value: Tensor): undefined => {
          if (name === "blocks.0.mlp") aligned = value;
        };
        const out = model.apply(p, x, t, condition, { onActivation });
        return meanSquaredError(out, x).add(norm(aligned!));
      };
      const { gradient } = valueAndGrad(loss)(params);
      return Array.from(await namedParams(gradient)["blocks.0.mlp.fc2.weight"]!.data());
    }),
  );
  expect(lean).toEqual(plain);
});

test("norms of every block's output come out of one program", async () => {
  const given = config("inContext");
  const [model, params] = [dit(given), await perturbed(given, device)];
  const condition = zeroCondition(given, n, device);
  const norms = jit((p: DitParams, image: Tensor, time: Tensor) => {
    const found: Record<string, Tensor> = {};
    const out = model.apply(p, image, time, condition, {
      onActivation(name, value) {
        if (/^blocks\.\d+$/.test(name)) found[name] = norm(value);
        return undefined;
      },
    });
    return { out, found };
  });
  const { found } = norms(params, x, t);
  expect(Object.keys(found)).toEqual(["blocks.0", "blocks.1"]);
  for (const value of Object.values(found)) expect(await value.item()).toBeGreaterThan(0);
});

test("features of time in place of the computed ones", async () => {
  const given = config("adaLN");
  const [model, params] = [dit(given), await perturbed(given, device)];
  const condition = zeroCondition(given, n, device);
  const [expected, other] = [model.apply(params, x, t, condition), t.mul(0)];
  const fed = model.apply(params, x, other, condition, { timeFeatures: timeFeatures(t) });
  expect(Array.from(await fed.data())).toEqual(Array.from(await expected.data()));
});

test("options that do not fit are refused by name", async () => {
  const given = config("adaLN");
  const [model, params] = [dit(given), await perturbed(given, device)];
  const apply = (options: object) => () => model.apply(params, x, t, zeroCondition(given, n, device), options);
  expect(apply({ timeFeatures: t })).toThrow("options.timeFeatures is f32[2]; a batch of 2 takes f32[2, 256].");
  expect(apply({ onActivation: "norms" })).toThrow(
    'options.onActivation is "norms"; it must be a function of a name and a tensor.',
  );
  expect(apply({ onActivations: () => undefined })).toThrow(/options has an unknown key "onActivations"/);
  expect(apply({ onActivation: (_: string, value: Tensor) => value.reshape([value.size]) })).toThrow(
    /onActivation gave f32\[\d+\] in place of \w+, which is f32\[2, /,
  );
  expect(apply({ onActivation: () => 3 })).toThrow(/onActivation gave 3 in place of/);
});
