import { readFileSync } from "node:fs";
import { conditionings, type DitConfig, resolve } from "@isoflop/flops";
import { RegistryError } from "@isoflop/spec";
import { createDevice, openSafetensors, random, writeSafetensors } from "@isoflop/tensor";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  configFromWeights,
  DitError,
  dit,
  exportWeights,
  type NamedArray,
  namedBuffers,
  namedParams,
  paramsFrom,
  type WeightChoice,
  weightLayouts,
  weightSets,
} from "../src/index.js";
import { unwritten } from "../src/layouts/holds.js";
import { specsOf } from "../src/network.js";
import { namedSpecs } from "../src/spec.js";
import { behind, shapesOf, someWeights, type Weights, without } from "./arrays.js";
import { configOf } from "./configs.js";

const device = await createDevice("reference");

/** What PyTorch gives as state dicts of the code named. */
interface StateDict {
  readonly config: DitConfig;
  readonly arrays: readonly (readonly [name: string, shape: readonly number[]])[];
}

const { layouts: stateDicts } = JSON.parse(
  readFileSync(new URL("./fixtures/state_dicts.json", import.meta.url), "utf8"),
) as { readonly layouts: Readonly<Record<string, StateDict>> };
const names = Object.keys(stateDicts);

const reasonOf = (layout: string, config: DitConfig): string | undefined =>
  unwritten(weightLayouts.get(layout), config, namedSpecs(specsOf(resolve(config))));

/** What a layout stores beside a model, zeros. */
const besideOf = (layout: string, config: DitConfig): Weights =>
  Object.fromEntries(
    weightLayouts
      .get(layout)
      .arrays(config, namedSpecs(specsOf(resolve(config))))
      .flatMap((stored) =>
        "data" in stored
          ? [[stored.name, { shape: stored.shape, data: new Float32Array(stored.shape[0]! * stored.shape[1]!) }]]
          : [],
      ),
  );

/** Weights of a config as a layout writes them. */
const written = async (config: DitConfig, layout: string, weights = someWeights(config), prefix = "") => {
  const model = dit(config);
  const params = paramsFrom(model, weights, device, { layout: "official" });
  return exportWeights(model, params, { layout, prefix, positions: true, beside: besideOf(layout, config) });
};

const read = async (config: DitConfig, arrays: Weights, choice?: WeightChoice): Promise<Weights> => {
  const entries = Object.entries(namedParams(paramsFrom(dit(config), arrays, device, choice))).map(
    async ([name, leaf]) => [name, { shape: [...leaf.shape], data: (await leaf.data()) as Float32Array }] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
};

const messageOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(DitError);
    return (error as DitError).message;
  }
  throw new Error("This was accepted.");
};

const refusal = (config: DitConfig, arrays: Weights, choice?: WeightChoice): string =>
  messageOf(() => paramsFrom(dit(config), arrays, device, choice));

const official = stateDicts.official!.config;

test("every layout is held to a state dict of PyTorch's", () => {
  expect(names.sort()).toEqual([...weightLayouts.names].sort());
});

describe.each(names)("%s", (layout) => {
  const { config, arrays } = stateDicts[layout]!;

  test("is written as PyTorch's state dict: names, shapes and order", async () => {
    expect(shapesOf(await written(config, layout))).toEqual(arrays);
  });

  test("is recognised, behind a prefix and in half precision", async () => {
    const out = await written(config, layout, someWeights(config), "module._orig_mod.");
    const known = layout === "SiT" ? "official" : layout;
    expect(weightSets(out)).toEqual([{ layout: known, prefix: "module._orig_mod." }]);
    for (const format of ["F16", "BF16"] as const) {
      const stored = Object.fromEntries(Object.entries(out).map(([name, array]) => [name, { ...array, format }]));
      const file = await openSafetensors(writeSafetensors(stored));
      const half = await Promise.all(
        file.names.map(
          async (name): Promise<[string, NamedArray]> => [
            name,
            { shape: file.describe(name).shape, data: await file.float32(name) },
          ],
        ),
      );
      expect(() => paramsFrom(dit(config), Object.fromEntries(half), device)).not.toThrow();
    }
  });

  test("out and in again is the identity for every config that it holds", async () => {
    const { conditioning, context, square, pooled, ...fields } = weightLayouts.get(layout).holds;
    const fixed = Object.fromEntries(Object.entries(fields).map(([field, [value]]) => [field, value]));
    const held = fc
      .constantFrom(...(conditioning ?? conditionings))
      .chain(configOf)
      .map((each): DitConfig => {
        const { time: _, ...rest } = each;
        const side = { height: each.image.height, width: square ? each.image.height : each.image.width };
        const dims = { tokens: 3, dim: 5, ...(pooled && { pooled: 2 }) };
        const told = { classes: { kind: "classes", classes: 4 }, features: { kind: "features", ...dims } } as const;
        const kind = context?.[0] as keyof typeof told | undefined;
        const own = conditioning ? rest : each;
        return {
          ...{ ...own, ...fixed, image: { ...each.image, ...side } },
          ...(kind && each.context.kind !== kind && { context: told[kind] }),
          ...(pooled && { context: told.features }),
        };
      });
    await fc.assert(
      fc.asyncProperty(held, fc.constantFrom("", "ema.", "model.diffusion_model."), async (each, prefix) => {
        expect(reasonOf(layout, each)).toBeUndefined();
        const weights = someWeights(each);
        const out = await written(each, layout, weights, prefix);
        expect(await read(each, out)).toEqual(weights);
        expect(await read(each, out, { layout, prefix })).toEqual(weights);
      }),
      { numRuns: 25 },
    );
  });

  test("tells a config", async () => {
    const out = await written(config, layout);
    const { image, heads, context } = config;
    const stored = arrays.some(([name]) => /pos_embed$/.test(name));
    const given = {
      ...{ heads, ...(context.kind === "features" && { context }), ...(!stored && { image }) },
      ...(layout === "SiT" && { timeScale: 1 }),
    };
    const found = configFromWeights(out, given);
    expect(found.config).toEqual(config);
    expect(() => paramsFrom(dit(found.config), out, device)).not.toThrow();
    expect(found.assumed.map(({ field }) => field)).not.toContain("heads");
  });

  test("a model that it has no place for is refused", async () => {
    const others = conditionings.filter(
      (each) => !(weightLayouts.get(layout).holds.conditioning ?? [each]).includes(each),
    );
    for (const conditioning of others) {
      const { time: _, ...rest } = config;
      const other: DitConfig = {
        ...{ ...rest, conditioning, qkNorm: "none" as const },
        context: { kind: "features", tokens: 2, dim: 3 },
      };
      await expect(written(other, layout)).rejects.toThrow(
        `layout "${layout}" is not for this config: it holds conditioning "${config.conditioning}"; this config's is "${conditioning}".`,
      );
    }
    if (layout !== "official") expect(others).toHaveLength(conditionings.length - 1);
  });
});

describe("prefixes and sets", () => {
  const weights = { ...someWeights(official), ...namedBuffers(official) };
  const average = Object.fromEntries(
    Object.entries(weights).map(([name, { shape, data }]) => [
      name,
      { shape, data: name === "pos_embed" ? data : data.map((value) => value + 1) },
    ]),
  );

  test.each(["module.", "_orig_mod.", "ema.", "model.", "net.", "state.ema._orig_mod.module."])(
    "%s is taken off where it is the only one",
    async (prefix) => {
      expect(await read(official, behind(prefix, weights))).toEqual(someWeights(official));
      expect(await read(official, behind(prefix, weights), { prefix })).toEqual(someWeights(official));
    },
  );

  test("names of a file that stand behind no prefix of the set are another's", async () => {
    const file = {
      ...behind("ema.", weights),
      step: { shape: [], data: Float32Array.of(7) },
      "first_stage_model.decoder.weight": { shape: [2], data: new Float32Array(2) },
    };
    expect(await read(official, file)).toEqual(someWeights(official));
  });

  test("of several sets one is chosen by a part of its prefix or by the prefix", async () => {
    const both = { ...behind("model.", weights), ...behind("ema.module.", average) };
    const shifted = Object.fromEntries(
      Object.entries(someWeights(official)).map(([name, { shape, data }]) => [
        name,
        { shape, data: data.map((value) => value + 1) },
      ]),
    );
    expect(weightSets(both)).toEqual([
      { layout: "official", prefix: "model." },
      { layout: "official", prefix: "ema.module." },
    ]);
    expect(weightSets(both, { set: "ema" })).toHaveLength(1);
    expect(await read(official, both, { set: "ema" })).toEqual(shifted);
    expect(await read(official, both, { prefix: "ema.module." })).toEqual(shifted);
    expect(await read(official, both, { set: "model" })).toEqual(someWeights(official));
    const say =
      'stand behind "model." and "ema.module."; say which are meant: { set: "model" } or { prefix: "ema.module." }.';
    expect(refusal(official, both)).toBe(`weights: this config's names ${say}`);
    expect(messageOf(() => configFromWeights(both, { heads: 2 }))).toBe(`weights: names of a model ${say}`);
    expect(configFromWeights(both, { heads: 2 }, { set: "ema" }).prefix).toBe("ema.module.");
    const bare = { ...weights, ...behind("ema.", average) };
    expect(refusal(official, bare)).toMatch('behind no prefix and "ema."; say which are meant: { prefix: "" } or');
    expect(await read(official, bare, { prefix: "" }))
      .toEqual(someWeights(official))
      .catch?.(() => undefined);
  });

  test("a choice that leaves nothing says what there is", () => {
    const both = { ...behind("model.", weights), ...behind("ema.", average) };
    expect(refusal(official, both, { set: "average" })).toBe(
      'weights: no set of names has "average" in its prefix; there are "model." and "ema.".',
    );
    expect(refusal(official, both, { prefix: "net." })).toBe(
      'weights: no name begins with "net."; there are "model." and "ema.".',
    );
    expect(refusal(official, {}, { set: "ema" })).toMatch("no layout is recognised by the names.");
    expect(() => paramsFrom(dit(official), weights, device, { layout: "diffuser" })).toThrow(RegistryError);
    expect(() => weightSets(weights, { layout: "diffuser" })).toThrow(/there is no weight layout "diffuser"/);
  });

  test("of a set of which half is missing what is missing is told as the file spells it", () => {
    const file = behind("module.", without(weights, "blocks.0.attn.qkv.weight", "blocks.1.attn.qkv.weight"));
    expect(refusal(official, file)).toBe(
      'weights: 2 arrays do not fit this config:\n  "module.blocks.{0..1}.attn.qkv.weight" [48, 16] is missing',
    );
  });
});

describe("what does not fit is told in the names of the file", () => {
  const { config } = stateDicts.diffusersDiT!;

  test("in the layout of diffusers", async () => {
    const out = await written(config, "diffusersDiT");
    const bias = out["proj_out_2.bias"]!;
    const file = {
      ...without(out, "transformer_blocks.0.attn1.to_k.weight"),
      "transformer_blocks.1.attn1.to_q.bias": { shape: [15], data: new Float32Array(15) },
      "transformer_blocks.0.attn2.to_q.bias": bias,
      "proj_out_2.bias": { ...bias, data: bias.data.map((v, i) => (i === 2 ? Number.NaN : v)) },
    };
    expect(refusal(config, file).split("\n")).toEqual([
      "weights: 4 arrays do not fit this config:",
      '  "transformer_blocks.0.attn1.to_k.weight" [16, 16] is missing',
      '  "transformer_blocks.1.attn1.to_q.bias" is [15]; this config has [16]',
      '  "transformer_blocks.0.attn2.to_q.bias" is no parameter of this config',
      '  "proj_out_2.bias" holds NaN at [2], the first that is not finite',
    ]);
    expect(refusal({ ...config, depth: 4 }, out)).toContain(
      '"transformer_blocks.{2..3}.attn1.to_q.weight" [16, 16] is missing',
    );
    expect(refusal({ ...config, outChannels: 4 }, out)).toMatch(/"proj_out_2.weight" is .*outChannels 8, a learned/);
  });

  test("embedders of the blocks that were trained apart are another architecture", async () => {
    const out = await written(config, "diffusersDiT");
    const name = "transformer_blocks.1.norm1.emb.timestep_embedder.linear_2.weight";
    const data = out[name]!.data.slice();
    data[17]! += 1;
    expect(refusal(config, { ...out, [name]: { shape: [16, 16], data } })).toBe(
      `weights: "${name}" differs from "${name.replace("blocks.1", "blocks.0")}" at [1, 1]; the model has one for both.`,
    );
  });

  test("weights of a layout that does not hold such a config", async () => {
    const out = await written(config, "diffusersDiT", undefined, "module.");
    const { context, ...rest } = stateDicts.PixArt!.config;
    expect(refusal({ ...rest, context }, out)).toBe(
      'weights: behind the prefix "module." are weights of layout "diffusersDiT": it holds conditioning "adaLNZero"; this config\'s is "adaLNSingle".',
    );
    const lone = someWeights(official);
    expect(refusal(official, lone, { layout: "SiT" })).toMatch(
      /layout "SiT" does not fit: it holds timeScale 1; .* 1000/,
    );
  });
});

describe("what a layout does not write", () => {
  const refused = (config: DitConfig, layout: string, beside?: Weights) => {
    const model = dit(config);
    const params = paramsFrom(model, someWeights(config), device, { layout: "official" });
    return exportWeights(model, params, { layout, ...(beside && { beside }) });
  };

  test("fields, shapes and parameters that it has no place for", async () => {
    const { config } = stateDicts.diffusersDiT!;
    await expect(refused({ ...config, mlpRatio: 2 }, "diffusersDiT")).rejects.toThrow("it holds mlpRatio 4; this");
    const wide = { ...config, image: { height: 8, width: 4, channels: 4 } };
    await expect(refused(wide, "diffusersDiT")).rejects.toThrow("as high as wide; this config's are 8 × 4");
    const sd3 = stateDicts.diffusersSD3!.config;
    const plain: DitConfig = { ...sd3, context: { kind: "features", tokens: 5, dim: 12 } };
    await expect(refused(plain, "diffusersSD3")).rejects.toThrow(
      "a context with a pooled vector; this config has none",
    );
  });

  test("PixArt's null caption is given, of its shape, and nothing else", async () => {
    const { config } = stateDicts.PixArt!;
    const name = "y_embedder.y_embedding";
    const caption = { shape: [5, 12], data: Float32Array.from({ length: 60 }, (_, i) => i) };
    await expect(refused(config, "PixArt")).rejects.toThrow(`"${name}" [5, 12] is stored by this layout; give it in`);
    await expect(refused(config, "PixArt", { [name]: { ...caption, shape: [12, 5] } })).rejects.toThrow("as [12, 5]");
    await expect(refused(config, "official", { [name]: caption })).rejects.toThrow(`stores no data as "${name}"`);
    expect((await refused(config, "PixArt", { [name]: caption }))[name]).toEqual(caption);
  });

  test("parameters of another config", async () => {
    const params = paramsFrom(dit(official), someWeights(official), device);
    await expect(exportWeights(dit({ ...official, depth: 3 }), params)).rejects.toThrow(/params of adaLNZero, depth 3/);
  });

  test("parameters that are not computed yet need a device", async () => {
    const model = dit(official);
    const params = model.init(random.key(1));
    const out = await exportWeights(model, params, { device });
    expect(out.pos_embed).toBeUndefined();
    expect(await read(official, out)).toEqual(out);
  });
});

describe("positions", () => {
  test("of SD3 are the middle of a table for a larger image", async () => {
    const { config } = stateDicts.diffusersSD3!;
    const small: DitConfig = { ...config, image: { height: 4, width: 8, channels: 4 } };
    const out = await written(config, "diffusersSD3");
    const table = out["pos_embed.pos_embed"]!.data;
    const cropped = (await read(small, out)).pos_embed!;
    expect(cropped.shape).toEqual([1, 8, 16]);
    // Rows 1 and 2 of 4, all columns.
    expect(cropped.data).toEqual(table.slice(4 * 16, 12 * 16));
    expect(refusal({ ...small, positions: "sincos" }, out)).toMatch(
      /pos_embed.pos_embed" is not the sine-cosine table/,
    );
    const odd = { ...out, "pos_embed.pos_embed": { shape: [1, 15, 16], data: new Float32Array(240) } };
    expect(refusal(small, odd)).toMatch(/pos_embed.pos_embed" is \[1, 15, 16\]; this config has \[1, 8, 16\]/);
  });
});

describe("a config from weights", () => {
  test("says what it could not know, and asks for what it must be told", async () => {
    const out = await written(official, "official");
    expect(messageOf(() => configFromWeights(out))).toBe("weights: no name or shape tells heads: give it.");
    const { assumed } = configFromWeights(out, { heads: 2 });
    expect(assumed.map(({ field }) => field)).toEqual(["timeScale", "context", "image"]);
    const dm = await written(stateDicts.diffusersPixArt!.config, "diffusersPixArt");
    expect(messageOf(() => configFromWeights(dm))).toBe(
      "weights: no name or shape tells context, of features of dim 12: how many tokens; heads; image, of 4 channels: give it.",
    );
    expect(messageOf(() => configFromWeights({}, { heads: 2 }))).toMatch(
      /the names are of no layout that is known: offi/,
    );
  });

  test.each(conditionings)("of any %s under our names", async (conditioning) => {
    await fc.assert(
      fc.asyncProperty(configOf(conditioning), async (config) => {
        const { heads, image, positions, time, context } = config;
        const out = { ...someWeights(config), ...namedBuffers(config) };
        const known = { heads, image, positions: positions!, context, ...(time && { time }) };
        const found = configFromWeights(out, known);
        expect(resolve(found.config)).toEqual({
          ...resolve(config),
          mlpRatio: resolve(found.config).mlpRatio,
        });
      }),
      { numRuns: 25 },
    );
  });
});

test("a layout from outside is one entry", async () => {
  const mine = {
    ...weightLayouts.get("official"),
    name: "upperCase",
    marks: ["X_EMBEDDER.PROJ.WEIGHT"],
    spelled: (name: string) => name.toUpperCase(),
    arrays: (...[, parameters]: Parameters<ReturnType<typeof weightLayouts.get>["arrays"]>) =>
      parameters.map(([name]) => ({ name: name.toUpperCase(), of: name })),
  };
  weightLayouts.add(mine);
  const out = await written(official, "upperCase");
  expect(weightSets(out)).toEqual([{ layout: "upperCase", prefix: "" }]);
  expect(await read(official, out)).toEqual(someWeights(official));
});
