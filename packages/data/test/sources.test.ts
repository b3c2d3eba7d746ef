import { jsonSchema, kind, whole } from "@isoflop/spec";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { type DataSource, labelledImages, shapeScenes, sources } from "../src/index.js";
import { openSource } from "../src/node.js";

const start = (source: DataSource) => [...source.batch("train", 0, 2).images];

describe("sources by name", () => {
  it("are known everywhere, and say what they need", () => {
    expect(sources.names).toEqual(["emoji", "shapes", "cifar10", "images", "webdataset", "parquet", "latents", "hub"]);
    for (const { about } of sources) expect(about).toMatch(/; needs /);
  });

  it("open as their functions do", async () => {
    const shapes = shapeScenes({ size: 32, seed: 5 });
    expect(start(await sources.build({ source: "shapes", size: 32, seed: 5 }))).toEqual(start(shapes));
    expect(start(await openSource({ source: "shapes", size: 32, seed: 5 }))).toEqual(start(shapes));
    expect((await sources.build("shapes")).shape).toEqual([3, 16, 16]);
  });

  it("that read files open in Node", async () => {
    for (const source of ["emoji", "cifar10"])
      await expect(sources.build({ source, size: 16, seed: 0 })).rejects.toThrow(
        `the source "${source}" reads files; in Node, openSource of @isoflop/data/node opens it`,
      );
    const emoji = await openSource({ source: "emoji" });
    expect(emoji.name).toBe("noto-scenes-16");
    expect(emoji.describe().provenance).toMatchObject({
      package: expect.stringMatching(/^@iconify-json\/noto@\d/),
      licence: "Apache-2.0",
    });
  });

  it("draw emoji in another art style, of the same words", async () => {
    const [noto, twemoji] = await Promise.all([
      openSource({ source: "emoji" }),
      openSource({ source: "emoji", set: "twemoji" }),
    ]);
    expect(twemoji.name).toBe("twemoji-scenes-16");
    expect(twemoji.vocabulary.words).toEqual(noto.vocabulary.words);
    expect(start(twemoji)).not.toEqual(start(noto));
  });

  it.each<[object, string]>([
    [
      { source: "emojis" },
      'data.source is "emojis"; it must be one of "emoji", "shapes", "cifar10", "images", "webdataset", "parquet", "latents", "hub" (did you mean "emoji"?)',
    ],
    [{ source: "emoji", size: 24 }, "data.size is 24; it must be 16 or 32"],
    [
      { source: "emoji", set: "tweemoji" },
      'data.set is "tweemoji"; it must be one of "noto", "twemoji", "fluent-emoji-flat" (did you mean "twemoji"?)',
    ],
    [{ source: "shapes", seed: -1 }, "data.seed is -1; it must be a whole number of at least 0"],
    [{ source: "shapes", sed: 1 }, 'data has an unknown key "sed"; did you mean "seed"?'],
    [{}, "data.source is missing"],
  ])("refuse %j", async (spec, message) => {
    await expect(openSource(spec as never)).rejects.toThrow(RangeError);
    await expect(openSource(spec as never)).rejects.toThrow(message);
  });

  it("take one of the user's own by one `add`", async () => {
    const images = { pixels: Uint8Array.from({ length: 2 * 3 * 4 }, (_, i) => i), labels: [0, 1] };
    sources.add(
      kind({
        name: "two",
        options: { seed: v.optional(whole(), 0) },
        build: async ({ seed }): Promise<DataSource> =>
          labelledImages({
            ...{ name: "two", size: 2, classNames: ["one", "other"], train: images, validation: images, seed },
            provenance: {
              ...{ name: "two", package: null, licence: "CC0", files: [], renderer: "none", pixelsSha256: null },
            },
          }),
      }),
    );
    const source = await openSource({ source: "two", seed: 3 });
    expect(source.describe()).toMatchObject({ name: "two", splits: { train: { seed: 3 } } });
    expect(JSON.stringify(jsonSchema(sources.schema, "Source"))).toContain('"const":"two"');
  });
});
