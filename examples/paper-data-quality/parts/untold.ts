import { type DataSource, dataSource } from "@isoflop/data";
import { openSource } from "@isoflop/data/node";
import { kind } from "@isoflop/spec";
import * as v from "valibot";

/** The held-out scenes of emoji with empty captions: what a model makes of pictures that it is told nothing of. */
export const source = kind({
  name: "untold",
  about: "scenes of emoji with the empty caption; needs what emoji needs",
  options: { size: v.optional(v.picklist([16, 32], "16 or 32"), 16) },
  build: async ({ size }): Promise<DataSource> => {
    const scenes = await openSource({ source: "emoji", size });
    const { name, provenance, splits, settings, shape, captionLength } = scenes.describe();
    const values = shape.reduce((product, side) => product * side);
    return dataSource({
      ...{ name: `untold-${name}`, shape, captionLength, vocabulary: scenes.vocabulary, provenance, splits },
      settings: { ...settings, captions: "none" },
      write(split, index, { images, captions }, at) {
        images.set(scenes.batch(split, index, 1).images, at * values);
        captions.fill(0, at * captionLength, (at + 1) * captionLength);
      },
      caption: () => "",
    });
  },
});
