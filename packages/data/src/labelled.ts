import { checkIndex, dataSource, type SourceParts } from "./data-source.js";
import { shuffled } from "./finite/shuffled.js";
import { keyOf } from "./random/key.js";
import type { DataSource, Provenance } from "./source.js";
import { Vocabulary } from "./vocabulary.js";

/** Images with one label each. */
export interface LabelledImages {
  /** `[n, 3, size, size]`, 0 … 255. */
  readonly pixels: Uint8Array;
  /** `[n]`, indices into the class names. */
  readonly labels: ArrayLike<number>;
}

/** A finite data set of labelled square images. */
export interface LabelledOptions {
  readonly name: string;
  /** Width and height in pixels. */
  readonly size: number;
  readonly classNames: readonly string[];
  readonly train: LabelledImages;
  readonly validation: LabelledImages;
  readonly provenance: Provenance;
  /** Seed of the training order, a non-negative safe integer; 0 if not given. The validation order does not depend on it. */
  readonly seed?: number;
}

/** "train" goes through all images again and again, in another order each epoch; "validation" ends after one pass. */
export type LabelledSplit = "train" | "validation";

const VALIDATION_SEED = 0;

/**
 * A source over images in memory, captioned "a photo of a ship" by class. Its caption is one word. `epoch` tells how often
 * training has repeated the set. @throws Error when images, labels and names do not fit together
 */
export const labelledImages = (options: LabelledOptions): DataSource<LabelledSplit> => {
  const { name, size, classNames, train, validation, provenance, seed = 0 } = options;
  checkIndex(name, "seed", seed);
  for (const split of ["train", "validation"] as const) checkImages(options, split);
  const values = 3 * size * size;
  const partsOf = (trainSeed: number): SourceParts<LabelledSplit> => {
    const orders = {
      train: shuffled(train.labels.length, keyOf(trainSeed, "labelled/train")),
      validation: shuffled(validation.labels.length, keyOf(VALIDATION_SEED, "labelled/validation")),
    };
    return {
      ...{ name, shape: [3, size, size], vocabulary: new Vocabulary(classNames), captionLength: 1, provenance },
      splits: {
        train: { images: train.labels.length, seed: trainSeed, what: "repeated, permuted anew each epoch" },
        validation: { images: validation.labels.length, seed: VALIDATION_SEED, what: "one pass in a fixed order" },
      },
      settings: { classes: classNames },
      write(split, index, { images, captions }, at) {
        const { pixels, labels } = options[split];
        const image = orders[split](index);
        for (let v = 0; v < values; v++) images[at * values + v] = pixels[image * values + v]! / 127.5 - 1;
        captions[at] = labels[image]! + 1;
      },
      caption(split, index) {
        const word = classNames[options[split].labels[orders[split](index)]!]!;
        return `a photo of ${/^[aeiou]/.test(word) ? "an" : "a"} ${word}`;
      },
      withSeed: partsOf,
    };
  };
  return dataSource(partsOf(seed));
};

const checkImages = ({ name, size, classNames, ...sets }: LabelledOptions, split: LabelledSplit): void => {
  const { pixels, labels } = sets[split];
  if (labels.length === 0) throw new Error(`${name}: "${split}" has no images`);
  if (pixels.length !== labels.length * 3 * size * size)
    throw new Error(
      `${name}: "${split}" has ${labels.length} labels and ${pixels.length} pixel values, expected ${labels.length * 3 * size * size}`,
    );
  for (let i = 0; i < labels.length; i++)
    if (classNames[labels[i]!] === undefined)
      throw new Error(`${name}: label ${i} of "${split}" is ${labels[i]}, there are ${classNames.length} classes`);
};
