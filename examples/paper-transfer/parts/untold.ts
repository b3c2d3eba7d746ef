import { type DataSource, dataSource } from "@isoflop/data";
import { openSource } from "@isoflop/data/node";
import { choice, kind } from "@isoflop/spec";
import * as v from "valibot";

/** What emoji models are told is made of these words, whatever the pictures show. */
const WORDS = { source: "emoji", size: 16 } as const;

/**
 * Pictures with empty captions, for a model that knows the words of emoji scenes and no others. It has met the empty caption in training, where a
 * share of the captions were dropped.
 */
export const source = kind({
  name: "untold",
  about: "pictures of another source with the empty caption of emoji scenes; needs what that source needs",
  options: { of: choice(["emoji", "cifar10"]), size: v.optional(v.picklist([16, 32], "16 or 32"), 16) },
  build: async ({ of, size }): Promise<DataSource> => {
    const [{ vocabulary, captionLength }, pictures] = await Promise.all([
      openSource(WORDS),
      openSource({ source: of, size }),
    ]);
    const { provenance, splits, settings, shape, name } = pictures.describe();
    const values = shape.reduce((product, side) => product * side);
    return dataSource({
      ...{ name: `untold-${name}`, shape, vocabulary, captionLength, provenance, splits },
      settings: { ...settings, captions: "none" },
      write(split, index, { images, captions }, at) {
        images.set(pictures.batch(split, index, 1).images, at * values);
        captions.fill(0, at * captionLength, (at + 1) * captionLength);
      },
      caption: () => "",
    });
  },
});
