import { conditionings, presets, resolve } from "@isoflop/flops";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { configFromWeights, dit, namedBuffers, paramsFrom } from "../src/index.js";
import { specsOf } from "../src/network.js";
import { namedSpecs } from "../src/spec.js";
import { someWeights } from "./arrays.js";
import { configOf } from "./configs.js";
import { device, messageOf, official, stateDicts, written } from "./state-dicts.js";

describe("a config from weights", () => {
  test.each(Object.keys(stateDicts))("of %s", async (layout) => {
    const { config, arrays } = stateDicts[layout]!;
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

  test("says what it could not know, and asks for what it must be told", async () => {
    const out = await written(official, "official");
    expect(messageOf(() => configFromWeights(out))).toBe("weights: no name or shape tells heads: give it.");
    const { assumed } = configFromWeights(out, { heads: 2 });
    expect(assumed.map(({ field }) => field)).toEqual(["timeScale", "context", "image", "norm", "positions"]);
    const dm = await written(stateDicts.diffusersPixArt!.config, "diffusersPixArt");
    expect(messageOf(() => configFromWeights(dm))).toBe(
      "weights: no name or shape tells context, of features of dim 12: how many tokens; heads; image, of 4 channels: give it.",
    );
    const small = { heads: 2, image: { height: 16, width: 16 } };
    expect(configFromWeights(dm, { ...small, context: { kind: "features", tokens: 7, dim: 12 } }).config).toMatchObject(
      {
        image: { height: 16, width: 16, channels: 4 },
        context: { kind: "features", tokens: 7, dim: 12 },
      },
    );
    expect(messageOf(() => configFromWeights({}, { heads: 2 }))).toMatch(
      /the names are of no layout that is known: offi/,
    );
  });

  test.each(conditionings)("of any %s under our names", async (conditioning) => {
    await fc.assert(
      fc.asyncProperty(configOf(conditioning), async (config) => {
        const { heads, image, positions, time, context, norm, experts } = config;
        const out = { ...someWeights(config), ...namedBuffers(config) };
        const known = {
          heads,
          image,
          positions: positions!,
          context,
          norm: norm!,
          ...(time && { time }),
          ...(experts && { experts }),
        };
        const found = configFromWeights(out, known);
        expect(resolve(found.config)).toEqual({ ...resolve(config), mlpRatio: resolve(found.config).mlpRatio });
      }),
      { numRuns: 25 },
    );
  });
});

test("a model of a published size has its heads, which is said", async () => {
  const config = presets["DiT-S/8"];
  const arrays = Object.fromEntries(
    namedSpecs(specsOf(resolve(config))).map(([name, { shape }]) => [name, { shape, data: new Float32Array(0) }]),
  );
  const { config: found, assumed } = configFromWeights({ ...arrays, ...namedBuffers(config) });
  expect(found).toEqual(config);
  expect(assumed[0]).toEqual({ field: "heads", why: "6, as DiT-S/2 has them" });
});
