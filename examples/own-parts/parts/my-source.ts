import { type DataSource, dataSource, keyOf, Stream, Vocabulary } from "@isoflop/data";
import { kind, whole } from "@isoflop/spec";
import * as v from "valibot";
import { angles, frequencies, grating } from "./gratings/grating.js";

/** Held-out pictures are the same for every seed. */
const VALIDATION_SEED = 0;

/**
 * Endless gratings: bars of four angles and two widths, at any phase and contrast, under a round window. A picture is a function of seed,
 * split and index alone, as every source's must be; what it looks like stands in a file beside this one, which is part of this module's digest.
 */
export const source = kind({
  name: "gratings",
  about: "endless gratings of four angles and two widths; needs nothing",
  options: { size: v.optional(whole({ atLeast: 8, atMost: 64 }), 16), seed: v.optional(whole(), 0) },
  build: async ({ size, seed }): Promise<DataSource> => {
    const vocabulary = new Vocabulary([...frequencies.map(({ word }) => word), ...angles.map(({ word }) => word)]);
    const streams = {
      train: new Stream(keyOf(seed, "gratings/train")),
      validation: new Stream(keyOf(VALIDATION_SEED, "gratings/validation")),
    };
    type Split = keyof typeof streams;
    /** What the index shows: the first draws of its stream. */
    const choose = (split: Split, index: number) => {
      const stream = streams[split];
      stream.seek(index);
      const [angle, frequency] = [stream.below(angles.length), stream.below(frequencies.length)];
      return { angle, frequency, phase: stream.uniform(), contrast: 0.3 + 0.7 * stream.uniform() };
    };
    return dataSource<Split>({
      ...{ name: `gratings-${size}`, shape: [3, size, size], vocabulary, captionLength: 2 },
      provenance: {
        ...{ name: "gratings", package: null, licence: "MIT", files: [] },
        ...{ renderer: "gratings/grating.ts", pixelsSha256: null },
      },
      splits: {
        train: { images: null, seed, what: "endless" },
        validation: { images: null, seed: VALIDATION_SEED, what: "endless, of a stream of its own" },
      },
      settings: { size },
      write(split, index, { images, captions }, at) {
        const shown = choose(split, index);
        grating(images.subarray(at * 3 * size * size, (at + 1) * 3 * size * size), size, shown);
        captions.set([1 + shown.frequency, 1 + frequencies.length + shown.angle], 2 * at);
      },
      caption(split, index) {
        const { frequency, angle } = choose(split, index);
        return `${frequencies[frequency]!.word} ${angles[angle]!.word}`;
      },
    });
  },
});
