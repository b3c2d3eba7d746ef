import type { Posterior } from "./posterior.js";
import { allocateBatch, type Batch, type DataSource, type SourceDescription, type SplitDescription } from "./source.js";
import type { Vocabulary } from "./vocabulary.js";

/** What a source is made of. */
export interface SourceParts<Split extends string>
  extends Pick<
    SourceDescription,
    "name" | "shape" | "captionLength" | "masked" | "features" | "provenance" | "settings"
  > {
  readonly vocabulary: Vocabulary;
  readonly splits: { readonly [S in Split]: SplitDescription };
  /** Writes image and caption of an index as the `at`-th of a batch. */
  write(split: Split, index: number, batch: Batch, at: number): void;
  caption(split: Split, index: number): string;
  /** Where it is known how images are drawn. */
  posterior?(prior: Split | "all"): Posterior;
  /** The parts of the same source with another seed. */
  withSeed?(seed: number): SourceParts<Split>;
}

/** The source of these parts, which are asked for indices that there are. "train" alone goes on after its last image. */
export const dataSource = <Split extends string>(parts: SourceParts<Split>): DataSource<Split> => {
  const { name, shape, vocabulary, captionLength, provenance, splits, settings, write, caption, posterior } = parts;
  const told = { ...(parts.masked && { masked: true }), ...(parts.features && { features: parts.features }) };
  const names = Object.keys(splits) as Split[];
  const size = (split: Split): number => {
    if (!names.includes(split))
      throw new RangeError(`${name}: there is no split "${split}"; its splits are ${names.join(", ")}`);
    return splits[split].images ?? Number.POSITIVE_INFINITY;
  };
  const checkEnd = (split: Split, last: number): void => {
    if (split !== "train" && last >= size(split))
      throw new RangeError(`${name}: index ${last} is past the end of "${split}", which has ${size(split)} images`);
  };
  const perImage = Object.entries(allocateBatch(parts, 1)) as [keyof Batch, ArrayLike<number>][];
  const checkLengths = (out: Batch, count: number): void => {
    for (const [field, { length }] of perImage) {
      const given = out[field]?.length ?? 0;
      if (given !== length * count)
        throw new RangeError(
          `${name}: out.${field} has ${given} values, ${count} images need exactly ${length * count}`,
        );
    }
  };
  return {
    ...{ name, shape, vocabulary, captionLength, ...told, splits: names, size, ...(posterior && { posterior }) },
    epoch(split, index) {
      checkIndex(name, "index", index);
      return Math.floor(index / size(split));
    },
    batch(split, start, count, out) {
      size(split);
      checkIndex(name, "start", start);
      checkIndex(name, "count", count);
      checkIndex(name, "start + count", start + count);
      const filled = out ?? allocateBatch(parts, count);
      if (out) checkLengths(out, count);
      if (count > 0) checkEnd(split, start + count - 1);
      for (let i = 0; i < count; i++) write(split, start + i, filled, i);
      return filled;
    },
    caption(split, index) {
      size(split);
      checkIndex(name, "index", index);
      checkEnd(split, index);
      return caption(split, index);
    },
    describe: () => ({
      ...{ name, shape, captionLength, vocabularySize: vocabulary.size, ...told },
      ...{ provenance, splits, settings },
    }),
    ...(parts.withSeed && {
      withSeed(seed: number) {
        checkIndex(name, "seed", seed);
        return dataSource(parts.withSeed!(seed));
      },
    }),
  };
};

/** @throws RangeError unless `value` is a non-negative safe integer */
export const checkIndex = (source: string, field: string, value: number): void => {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new RangeError(`${source}: ${field} is ${value}, it must be an integer from 0 to 2^53 - 1`);
};
