import { checkIndex, checkSplit, prepareBatch } from "./checks.js";
import { foldIn, type Key, keyOf } from "./random/key.js";
import { Permutation } from "./random/permutation.js";
import type { Batch, DataSource, Provenance, SourceDescription } from "./source.js";
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

const splits = ["train", "validation"] as const;
const VALIDATION_SEED = 0;

/**
 * A source over images in memory, captioned "a photo of a ship" by class. Its caption is one word. `epoch` tells how often
 * training has repeated the set. @throws Error when images, labels and names do not fit together
 */
export const labelledImages = (options: LabelledOptions): DataSource<LabelledSplit> => new Labelled(options);

class Labelled implements DataSource<LabelledSplit> {
  readonly name: string;
  readonly shape: readonly [3, number, number];
  readonly vocabulary: Vocabulary;
  readonly captionLength = 1;
  readonly splits = splits;
  readonly #options: LabelledOptions;
  readonly #seed: number;
  readonly #orders: { readonly [S in LabelledSplit]: Order };

  constructor(options: LabelledOptions) {
    const { name, size, classNames, seed = 0 } = options;
    checkIndex(name, "seed", seed);
    for (const split of splits) checkImages(options, split);
    this.name = name;
    this.shape = [3, size, size];
    this.vocabulary = new Vocabulary(classNames);
    this.#options = options;
    this.#seed = seed;
    this.#orders = {
      train: new Order(options.train.labels.length, keyOf(seed, "labelled/train")),
      validation: new Order(options.validation.labels.length, keyOf(VALIDATION_SEED, "labelled/validation")),
    };
  }

  size(split: LabelledSplit): number {
    return this.#images(split).labels.length;
  }

  epoch(split: LabelledSplit, index: number): number {
    checkIndex(this.name, "index", index);
    return Math.floor(index / this.size(split));
  }

  batch(split: LabelledSplit, start: number, count: number, out?: Batch): Batch {
    const { pixels, labels } = this.#images(split);
    const filled = prepareBatch(this, split, start, count, out);
    if (count > 0) this.#checkEnd(split, start + count - 1);
    const values = 3 * this.shape[1] * this.shape[2];
    for (let i = 0; i < count; i++) {
      const image = this.#orders[split].at(start + i);
      for (let v = 0; v < values; v++) filled.images[i * values + v] = pixels[image * values + v]! / 127.5 - 1;
      filled.captions[i] = labels[image]! + 1;
    }
    return filled;
  }

  caption(split: LabelledSplit, index: number): string {
    const { labels } = this.#images(split);
    checkIndex(this.name, "index", index);
    this.#checkEnd(split, index);
    const word = this.#options.classNames[labels[this.#orders[split].at(index)]!]!;
    return `a photo of ${/^[aeiou]/.test(word) ? "an" : "a"} ${word}`;
  }

  describe(): SourceDescription<LabelledSplit> {
    return {
      name: this.name,
      shape: this.shape,
      captionLength: this.captionLength,
      vocabularySize: this.vocabulary.size,
      provenance: this.#options.provenance,
      splits: {
        train: { images: this.size("train"), seed: this.#seed, what: "repeated, permuted anew each epoch" },
        validation: { images: this.size("validation"), seed: VALIDATION_SEED, what: "one pass in a fixed order" },
      },
      settings: { classes: this.#options.classNames },
    };
  }

  #images(split: LabelledSplit): LabelledImages {
    checkSplit(this, split);
    return this.#options[split];
  }

  #checkEnd(split: LabelledSplit, last: number): void {
    if (split === "validation" && last >= this.size(split))
      throw new RangeError(
        `${this.name}: index ${last} is past the end of "${split}", which has ${this.size(split)} images`,
      );
  }
}

/** A permutation of a finite set per epoch. */
class Order {
  readonly #permutation: Permutation;
  readonly #key: Key;
  #epoch = -1;
  #epochKey: Key = [0, 0];

  constructor(count: number, key: Key) {
    this.#permutation = new Permutation(count);
    this.#key = key;
  }

  at(index: number): number {
    const { count } = this.#permutation;
    const epoch = Math.floor(index / count);
    if (epoch !== this.#epoch) {
      this.#epoch = epoch;
      this.#epochKey = foldIn(this.#key, epoch);
    }
    return this.#permutation.at(this.#epochKey, index % count);
  }
}

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
