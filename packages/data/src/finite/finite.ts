import { checkIndex, dataSource, type SourceParts } from "../data-source.js";
import { keyOf } from "../random/key.js";
import type { DataSource, Provenance, SourceDescription } from "../source.js";
import type { RecordCaptions } from "./captions.js";
import { digestOfHashes, digestOfTexts, HASH_BYTES } from "./hash.js";
import { contentOrder } from "./order.js";
import { shuffled } from "./shuffled.js";
import { type HeldOut, type Splits, splitByContent } from "./split.js";
import type { RecordStore } from "./store.js";

/** "train" goes through its images again and again, in another order each epoch; "validation" ends after one pass. */
export type FiniteSplit = "train" | "validation";

/** A finite set of records with captions. */
export interface FiniteOptions {
  readonly name: string;
  readonly store: RecordStore;
  /** SHA-256 of the bytes of each record, `[count, 32]`. */
  readonly hashes: Uint8Array;
  readonly captions: RecordCaptions;
  /** The name of a record's file, with "/" between folders. A list in `validation` is of such names. */
  nameOf(record: number): string;
  readonly validation: HeldOut;
  /** Seed of the training order, a non-negative safe integer; 0 if not given. The validation order does not depend on it. */
  readonly seed?: number;
  readonly provenance: Omit<Provenance, "pixelsSha256">;
  /** Choices that change the records, by name. */
  readonly settings: SourceDescription["settings"];
}

const VALIDATION_SEED = 0;

/**
 * A source over stored records. All that it gives follows from what the records and captions are: names and places of files, and the
 * order in which they were read, change nothing.
 * @throws Error when parts do not fit together, or a split would be empty
 */
export const finiteSource = (options: FiniteOptions): DataSource<FiniteSplit> => {
  const { name, store, hashes, nameOf, validation, seed = 0, settings } = options;
  checkIndex(name, "seed", seed);
  checkParts(options);
  const { order, duplicates } = contentOrder(hashes, options.captions.text);
  const splits = splitByContent({ name, hashes, order, nameOf }, validation);
  const captions = options.captions.reader(splits.train, order);
  const goesOf = (trainSeed: number) => ({
    train: shuffled(splits.train.length, keyOf(trainSeed, "finite/train")),
    validation: shuffled(splits.validation.length, keyOf(VALIDATION_SEED, "finite/validation")),
  });
  const [channels, height, width] = store.shape;
  const values = channels * height * width;
  const { vocabulary, captionLength, masked, features } = captions;
  const remarks = [
    ...(options.provenance.remarks ?? []),
    ...captions.remarks,
    ...remarksOn(duplicates, splits, order.length),
  ];
  const pixelsSha256 = digestOfHashes(hashes, order);
  const captionsSha256 = digestOfTexts(textsOf(options.captions, order));
  const validationSha256 = digestOfHashes(hashes, splits.validation);
  const partsOf = (trainSeed: number): SourceParts<FiniteSplit> => {
    const goes = goesOf(trainSeed);
    const recordOf = (split: FiniteSplit, index: number): number => splits[split][goes[split](index)]!;
    return {
      ...{ name, shape: store.shape, vocabulary, captionLength },
      ...(masked && { masked }),
      ...(features && { features }),
      provenance: { ...options.provenance, pixelsSha256, remarks },
      splits: {
        train: { images: splits.train.length, seed: trainSeed, what: "repeated, permuted anew each epoch" },
        validation: { images: splits.validation.length, seed: VALIDATION_SEED, what: "one pass in a fixed order" },
      },
      settings: {
        ...settings,
        ...captions.settings,
        captionsSha256,
        validation: typeof validation === "number" ? validation : "named",
        validationSha256,
      },
      write(split, index, batch, at) {
        const record = recordOf(split, index);
        store.read(record, batch.images, at * values);
        captions.write(record, batch, at);
      },
      caption: (split, index) => options.captions.text(recordOf(split, index)),
      withSeed: partsOf,
    };
  };
  return dataSource(partsOf(seed));
};

function* textsOf({ text }: RecordCaptions, order: Uint32Array): Generator<string> {
  for (const record of order) yield text(record);
}

const remarksOn = (duplicates: number, { equals }: Splits, count: number): string[] => [
  ...(duplicates > 0
    ? [`${duplicates} of ${count} images are exact duplicates of another; no image is in both splits`]
    : []),
  ...(equals > 0 ? [`${equals} images are held out because they equal one that validation names`] : []),
];

const checkParts = ({ name, store: { count }, hashes }: FiniteOptions): void => {
  if (count === 0) throw new Error(`${name}: there are no images`);
  if (hashes.length !== count * HASH_BYTES)
    throw new Error(`${name}: ${hashes.length} bytes of hashes for ${count} records, expected ${count * HASH_BYTES}`);
};
