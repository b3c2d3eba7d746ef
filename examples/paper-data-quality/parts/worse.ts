import { type DataSource, dataSource, keyOf, type SourceParts, Stream } from "@isoflop/data";
import { openSource } from "@isoflop/data/node";
import { choice, kind, number, whole } from "@isoflop/spec";
import * as v from "valibot";
import { addNoise } from "./noise/add.js";

/** So far behind a picture lies the one whose caption it is given: no run sees both. */
const ELSEWHERE = 2 ** 40;

/**
 * Scenes of emoji as a worse collection of pictures would have them: a share of the captions are those of other scenes, or none is told anything, or there is
 * noise in the pictures. Only what is trained on is worse: held-out pictures are clean and their captions exact, so that all models are measured on the same.
 */
export const source = kind({
  name: "worse",
  about: "scenes of emoji with captions of other scenes, with none, or with noise; needs what emoji needs",
  options: {
    /** Share of the pictures with the caption of another one. */
    shuffled: v.optional(number({ atLeast: 0, atMost: 1 }), 0),
    captions: v.optional(choice(["told", "none"]), "told"),
    /** Standard deviation of normal noise that is added to every number of a picture, which are from -1 to 1. The sums are not cut to that range. */
    noise: v.optional(number({ atLeast: 0 }), 0),
    size: v.optional(v.picklist([16, 32], "16 or 32"), 16),
    seed: v.optional(whole(), 0),
  },
  build: async ({ seed, ...options }): Promise<DataSource> => {
    const emoji = await openSource({ source: "emoji", size: options.size, seed });
    return dataSource(worse(emoji, seed, options));
  },
});

interface Worse {
  readonly shuffled: number;
  readonly captions: "told" | "none";
  readonly noise: number;
}

const worse = (scenes: DataSource, seed: number, { shuffled, captions, noise }: Worse): SourceParts<string> => {
  const { name, provenance, splits, settings, shape, captionLength } = scenes.describe();
  const values = shape.reduce((product, side) => product * side);
  const [lots, grains] = [new Stream(keyOf(seed, "worse/captions")), new Stream(keyOf(seed, "worse/noise"))];
  /** Whose caption a picture of the training has. */
  const toldOf = (index: number): number => {
    lots.seek(index);
    return lots.uniform() < shuffled ? index + ELSEWHERE : index;
  };
  return {
    ...{ name: `worse-${name}`, shape, captionLength, vocabulary: scenes.vocabulary, provenance, splits },
    settings: { ...settings, shuffled, captions, noise },
    write(split, index, batch, at) {
      const { images, captions: ids } = scenes.batch(split, index, 1);
      if (split === "train") {
        const other = toldOf(index);
        if (captions === "none") ids.fill(0);
        else if (other !== index) ids.set(scenes.batch(split, other, 1).captions);
        grains.seek(index);
        if (noise > 0) addNoise(images, noise, grains);
      }
      batch.images.set(images, at * values);
      batch.captions.set(ids, at * captionLength);
    },
    caption(split, index) {
      if (split !== "train") return scenes.caption(split, index);
      return captions === "none" ? "" : scenes.caption(split, toldOf(index));
    },
    withSeed: (other) => worse(scenes.withSeed!(other), other, { shuffled, captions, noise }),
  };
};
