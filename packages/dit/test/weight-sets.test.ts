import { RegistryError } from "@isoflop/spec";
import { describe, expect, test } from "vitest";
import { configFromWeights, dit, namedBuffers, paramsFrom, weightSets } from "../src/index.js";
import { behind, someWeights, without } from "./arrays.js";
import { device, messageOf, official, read, refusal } from "./state-dicts.js";

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
    expect(await read(official, bare, { prefix: "" })).toEqual(someWeights(official));
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

  test("of a great many sets the first are named, and one is read if it is chosen", async () => {
    const many = Array.from({ length: 30_000 }, (_, i) => [
      `a${i}.x_embedder.proj.weight`,
      weights["x_embedder.proj.weight"]!,
    ]);
    const file = { ...behind("ema.", weights), ...Object.fromEntries(many) };
    expect(refusal(official, file)).toMatch(
      /stand behind "ema\." and "a0\." and .* and 29993 more; say which are meant/,
    );
    expect(await read(official, file, { set: "ema" })).toEqual(someWeights(official));
    expect(await read(official, { ...file, ...weights }, { prefix: "" })).toEqual(someWeights(official));
  });

  test("of a set of which half is missing what is missing is told as the file spells it", () => {
    const file = behind("module.", without(weights, "blocks.0.attn.qkv.weight", "blocks.1.attn.qkv.weight"));
    expect(refusal(official, file)).toBe('weights: "module.blocks.{0..1}.attn.qkv.weight" [48, 16] is missing.');
  });
});
