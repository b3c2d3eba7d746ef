import { stat } from "node:fs/promises";
import { allocateBatch } from "@isoflop/data";
import { emojiScenes } from "@isoflop/data/node";
import { createDevice } from "@isoflop/tensor";
import { afterAll, describe, expect, it } from "vitest";
import { emojiEncoder } from "../src/index.js";
import { emojiWeights } from "../src/weights.js";

const device = await createDevice("wasm", { wasm: { threads: 1 } });
const source = await emojiScenes({ size: 16 });
const encoder = await emojiEncoder.build({}).load(device);
afterAll(() => {
  encoder.dispose();
  device.destroy();
});

type Split = "validation" | "validation-emoji";

const scenes = (split: Split, count: number) => {
  const batch = allocateBatch(source, count);
  source.batch(split, 0, count, batch);
  const captions = Array.from({ length: count }, (_, i) => source.caption(split, i));
  return { images: { data: batch.images, count, channels: 3, height: 16, width: 16 }, captions };
};

/** Shares of what was said that is shown, by statement. */
const shares = ({ statements, shown }: { readonly statements: readonly string[]; readonly shown: Int8Array }) =>
  Object.fromEntries(
    statements.map((statement, s) => {
      const said = [...shown].filter((value, i) => i % statements.length === s && value >= 0);
      return [statement, said.filter((value) => value === 1).length / said.length];
    }),
  ) as Record<"objects" | "where" | "background", number>;

it("is small, and knows the emoji and colours of the source", async () => {
  expect((await stat(emojiWeights)).size).toBeLessThan(300_000);
  const { sprites, backgrounds } = source.describe().settings as Record<string, string[]>;
  expect(encoder.names).toEqual(sprites);
  expect(encoder.backgrounds).toEqual(backgrounds);
});

describe.each(["validation", "validation-emoji"] as const)("scenes of %s, which it has not seen", (split) => {
  const { images, captions } = scenes(split, 1000);

  it("show what their captions say", async () => {
    const { objects, where, background } = shares(await encoder.readCaptions(images, captions));
    expect(objects).toBeGreaterThan(0.95);
    expect(where).toBeGreaterThan(0.98);
    expect(background).toBeGreaterThan(0.99);
  });

  it("do not show what others' captions say", async () => {
    const { objects, where, background } = shares(
      await encoder.readCaptions(images, [...captions.slice(1), captions[0]!]),
    );
    expect(objects).toBeLessThan(0.02);
    expect(where).toBeLessThan(0.3);
    expect(background).toBeLessThan(0.2);
  });
});

describe("statements", () => {
  const { images, captions } = scenes("validation", 200);
  const pair = captions.findIndex((caption) => caption.includes(" left of "));
  const size = 3 * 16 * 16;
  const image = { ...images, count: 1, data: images.data.subarray(pair * size, (pair + 1) * size) };
  const read = async (caption: string) => [...(await encoder.readCaptions(image, [caption])).shown];
  const caption = captions[pair]!;

  it("mean the same whichever object is named first", async () => {
    const [, a, b, ground] = /^(.+) left of (.+) (on an? \w+ background)$/.exec(caption)!;
    expect(await read(caption)).toEqual([1, 1, 1]);
    expect(await read(`${b} right of ${a} ${ground}`)).toEqual([1, 1, 1]);
    // The same objects, the other way round.
    expect(await read(`${b} left of ${a} ${ground}`)).toEqual([1, 0, 1]);
    expect(await read(`${a} above ${b} ${ground}`)).toEqual([1, 0, 1]);
    expect(await read(caption.replace(/\w+ background/, "grey background")).catch(String)).toMatch(
      /cannot read the caption/,
    );
  });

  it("are none of an empty caption", async () => {
    expect(await read("")).toEqual([-1, -1, -1]);
  });

  it("are refused where the sentence is another", async () => {
    await expect(read("a zebra left of a taco on a red background")).rejects.toThrow(
      /cannot read the caption "a zebra .*"; it reads those of emoji scenes of its 229 emoji on white, black/,
    );
    await expect(encoder.readCaptions(image, [])).rejects.toThrow(/0 captions of 1 images/);
  });
});

it("features and logits do not depend on the batch, and grey and other sizes are taken", async () => {
  const { images } = scenes("validation", 40);
  const [all, logits] = [await encoder.features(images), await encoder.logits(images)];
  const last = { ...images, count: 1, data: images.data.subarray(39 * 768) };
  expect(await encoder.features(last)).toEqual(all.subarray(39 * 96));
  expect((await encoder.logits(last)).near).toEqual(logits.near.subarray(39 * 229));
  const grey = { count: 2, channels: 1, height: 32, width: 24, data: new Float32Array(2 * 32 * 24) };
  expect(await encoder.features(grey)).toHaveLength(2 * 96);
});
