import { type Conditioning, conditionings, type DitConfig } from "@isoflop/flops";
import { openSafetensors, random, writeSafetensors } from "@isoflop/tensor";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  configFromWeights,
  dit,
  exportWeights,
  type NamedArray,
  namedBuffers,
  paramsFrom,
  weightLayouts,
  weightSets,
} from "../src/index.js";
import { behind, expectSame, shapesOf, someWeights, type Weights, without } from "./arrays.js";
import { anyConfig, configOf } from "./configs.js";
import { device, official, read, reasonOf, refusal, stateDicts, written } from "./state-dicts.js";

const names = Object.keys(stateDicts);

/** Any small config that a layout holds. */
const heldBy = (layout: string): fc.Arbitrary<DitConfig> => {
  const { holds } = weightLayouts.get(layout);
  if (holds === "all") return anyConfig;
  const { conditioning, context, pooled, square: _, ...held } = holds;
  const values = Object.entries({ norm: ["layer"], mlp: ["gelu"], registers: [0], ...held });
  const dims = { tokens: 3, dim: 5, ...(pooled && { pooled: 2 }) };
  const told = { classes: { kind: "classes", classes: 4 }, features: { kind: "features", ...dims } } as const;
  const kind = context![0] as keyof typeof told;
  const fields = fc.record(
    Object.fromEntries(values.map(([field, all]) => [field, fc.constantFrom(...(all === "any" ? [0, 2] : all))])),
  );
  return fc.tuple(configOf(conditioning![0] as Conditioning), fields).map(([any, field]): DitConfig => {
    const {
      time: _time,
      guidance: _guidance,
      patchFrames: _frames,
      timeFeatures: _features,
      experts: _experts,
      image,
      ...rest
    } = any;
    const { height, channels } = image;
    return {
      ...{ ...rest, ...field },
      image: { height, width: height, channels },
      context: rest.context.kind === kind && !pooled ? rest.context : told[kind],
    };
  });
};

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
    await fc.assert(
      fc.asyncProperty(heldBy(layout), fc.constantFrom("", "ema.", "model.diffusion_model."), async (each, prefix) => {
        expect(reasonOf(layout, each)).toBeUndefined();
        const weights = someWeights(each);
        const out = await written(each, layout, weights, prefix);
        expectSame(await read(each, out), weights);
        expectSame(await read(each, out, { layout, prefix }), weights);
      }),
      { numRuns: 15 },
    );
  });

  test("a model that it has no place for is refused", async () => {
    const { holds } = weightLayouts.get(layout);
    const others = conditionings.filter((each) => holds !== "all" && !holds.conditioning!.includes(each));
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
      /layout "SiT" is not for this config: it holds timeScale 1; .* 1000/,
    );
  });
});

test("REPA's projectors are passed over where the clock is SiT's", async () => {
  const { config } = stateDicts.SiT!;
  const weights = { ...someWeights(config), ...namedBuffers(config) };
  const bias = weights["x_embedder.proj.bias"]!;
  const file = behind("ema.", { ...weights, "projectors.0.0.weight": bias, "projectors.0.2.bias": bias });
  expect(weightSets(file)).toEqual([{ layout: "SiT", prefix: "ema." }]);
  expectSame(await read(config, file), someWeights(config));
  expect(configFromWeights(file, { heads: 2 }).config.timeScale).toBe(1);
  expect(refusal({ ...config, timeScale: 1000 }, file)).toContain(
    '"ema.projectors.0.0.weight" is no parameter of this',
  );
});

describe("LightningDiT", () => {
  const { config } = stateDicts.LightningDiT!;
  const modulations = /^blocks\.\d+\.adaLN_modulation/;

  /** Rows of the shifts, the first and fourth of six. */
  const isShift = (at: number, size: number): boolean => [0, 3].includes(Math.floor((6 * at) / size));

  test("modulation without shifts is read with shifts of zero", async () => {
    const weights = Object.fromEntries(
      Object.entries(someWeights(config)).map(([name, { shape, data }]) => [
        name,
        { shape, data: data.map((v, at) => (modulations.test(name) && isShift(at, data.length) ? 0 : v)) },
      ]),
    );
    const out = Object.fromEntries(
      Object.entries(await written(config, "LightningDiT", weights)).map(([name, { shape, data }]) => {
        if (!modulations.test(name)) return [name, { shape, data }];
        const kept = data.filter((_, at) => !isShift(at, data.length));
        return [name, { shape: [4 * 16, ...shape.slice(1)], data: kept }];
      }),
    );
    expectSame(await read(config, out), weights);
    expect(configFromWeights(out, { heads: 2 }).config).toEqual(config);
  });

  test("arrays that are none are told, and not brought to another form", async () => {
    const out = await written(config, "LightningDiT");
    const name = "blocks.0.adaLN_modulation.1.bias";
    const [norm, words] = ["blocks.0.norm1.weight", (n: number) => new Array(n).fill(2) as unknown as Float32Array];
    expect(refusal(config, { ...out, [name]: { shape: [64], data: words(64) } })).toMatch(`"${name}" is [64]; this`);
    expect(refusal(config, { ...out, [norm]: { shape: [16], data: words(16) } })).toMatch(
      `"${norm}" has data that are no`,
    );
    const short = { shape: [16], data: new Float32Array(15) };
    expect(refusal(config, { ...out, [norm]: short })).toMatch(`"${norm}" is [16] of 16 numbers, with data of 15`);
    expect(refusal(config, { ...out, [norm]: null as never })).toMatch(`"${norm}" is []; this config has [16]`);
  });

  test("norms have to be there, finite and of their shape", async () => {
    const out = await written(config, "LightningDiT");
    const name = "blocks.1.norm2.weight";
    expect(refusal(config, without(out, name))).toBe(`weights: "${name}" [16] is missing.`);
    const long = { shape: [17], data: new Float32Array(17) };
    expect(refusal(config, { ...out, [name]: long })).toBe(`weights: "${name}" is [17]; this config has [16].`);
    const ill = { shape: [16], data: new Float32Array(16).fill(Number.NaN) };
    expect(refusal(config, { ...out, [name]: ill })).toMatch(`"${name}" holds NaN at [0]`);
    const { norm: _, ...layered } = config;
    expect(refusal(layered, out)).toContain('"blocks.{0..1}.norm1.weight" is no parameter of this config');
  });

  test("rotary tables are those of the grid, or refused", async () => {
    const out = await written(config, "LightningDiT");
    const name = "feat_rope.freqs_cos";
    const { shape, data } = out[name]!;
    const turned = { shape, data: data.map((value, at) => (at === 9 ? 0.5 : value)) };
    expect(refusal(config, { ...out, [name]: turned })).toMatch(
      `"${name}" is not the rotary table of this config: 0.5000 at [1, 1]`,
    );
    expect(() => paramsFrom(dit(config), without(out, name, "feat_rope.freqs_sin", "pos_embed"), device)).not.toThrow();
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
    const guided: DitConfig = { ...config, guidance: true };
    await expect(refused(guided, "diffusersDiT")).rejects.toThrow("it holds no guidance; this config's is true.");
    const scaled: DitConfig = { ...config, parameterization: { kind: "muP", baseWidth: 8 } };
    await expect(refused(scaled, "diffusersDiT")).rejects.toThrow(
      "under muP this config's attention is scaled by 0.2500, where its models have 1 / √(head width), 0.3536: take what toStandard(model, params) makes of it.",
    );
    expectSame(await read(scaled, await written(scaled, "official")), someWeights(scaled));
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

test("a model under muP whose heads are as wide as the base's is any layout's: it computes what the standard one does", async () => {
  for (const [layout, { config }] of Object.entries(stateDicts)) {
    const muP: DitConfig = {
      ...config,
      parameterization: { kind: "muP", baseWidth: 2 * config.width, baseHeads: 2 * config.heads },
    };
    const [out, weights] = [await written(muP, layout), someWeights(config)];
    expect(Object.keys(out), layout).toEqual(Object.keys(await written(config, layout)));
    expectSame(await read(config, out), weights);
    expectSame(await read(muP, out), weights);
    expect(configFromWeights(out, { ...muP, heads: config.heads }).config.parameterization).toEqual(
      muP.parameterization,
    );
  }
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

test("a layout from outside is one entry", async () => {
  const mine = {
    ...weightLayouts.get("official"),
    name: "upperCase",
    marks: ["X_EMBEDDER.PROJ.WEIGHT"] as const,
    spelled: (name: string) => name.toUpperCase(),
    arrays: (...[, parameters]: Parameters<ReturnType<typeof weightLayouts.get>["arrays"]>) =>
      parameters.map(([name]) => ({ name: name.toUpperCase(), of: name })),
  };
  weightLayouts.add(mine);
  const out = await written(official, "upperCase");
  expect(weightSets(out)).toEqual([{ layout: "upperCase", prefix: "" }]);
  expect(await read(official, out)).toEqual(someWeights(official));
  const halved = {
    ...mine,
    name: "halved",
    arrays: (...given: Parameters<typeof mine.arrays>) =>
      mine.arrays(...given).map((each) => ({ ...each, rows: { take: [1], of: 2 } })),
  };
  weightLayouts.add(halved);
  expect(refusal(official, out, { layout: "halved" })).toMatch(
    /layout "halved" is not for this config: it has no place for "x_embedder.proj.weight", .* and \d+ more/,
  );
});
