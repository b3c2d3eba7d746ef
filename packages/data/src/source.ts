import type { Posterior } from "./posterior.js";
import type { Vocabulary } from "./vocabulary.js";

/** A batch of captioned images. */
export interface Batch {
  /** `[count, channels, height, width]`: of pictures red, green, blue in [-1, 1]; of latents near mean 0 and deviation 1. */
  readonly images: Float32Array;
  /** `[count, captionLength]`, word ids of the source's vocabulary, padded with 0 at the end. */
  readonly captions: Int32Array;
  /** `[count, tokens, dim]` of a source whose captions are vectors: zeros from a caption's length on. */
  readonly features?: Float32Array;
  /** `[count]`, how many of those vectors a caption has: at least 1. */
  readonly lengths?: Int32Array;
}

/** One file from which a data set was made. */
export interface SourceFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Where images come from: enough to get the same bytes again, and to know whether one may use them. */
export interface Provenance {
  readonly name: string;
  /** npm package and version, or null where the images are computed. */
  readonly package: string | null;
  readonly licence: string;
  readonly files: readonly SourceFile[];
  /** What turned the files into pixels, with versions. */
  readonly renderer: string;
  /** SHA-256 of the decoded pixels, or null where they are computed from code alone. */
  readonly pixelsSha256: string | null;
  /** What a person should know of the set and no digest needs: what was left out, what there is twice. */
  readonly remarks?: readonly string[];
}

/** What a split is made of. */
export interface SplitDescription {
  /** Number of different images, or null when they never run out. */
  readonly images: number | null;
  /** The seed that orders or draws it. */
  readonly seed: number;
  readonly what: string;
}

/** A plain record for run manifests: together with the package's version it says exactly which data a run saw. */
export interface SourceDescription<Split extends string = string> {
  readonly name: string;
  readonly shape: readonly [channels: number, height: number, width: number];
  readonly captionLength: number;
  readonly vocabularySize: number;
  readonly masked?: boolean;
  readonly features?: FeatureShape;
  readonly provenance: Provenance;
  readonly splits: { readonly [S in Split]: SplitDescription };
  /** Choices that change the images, by name. */
  readonly settings: { readonly [name: string]: number | string | readonly string[] | readonly number[] };
}

/** Captions as vectors of a frozen encoder. */
export interface FeatureShape {
  /** The most that a caption has. */
  readonly tokens: number;
  /** Length of a vector. */
  readonly dim: number;
}

/** How the latents of batches come from those of a file: (x − shift) × scale, by channel. */
export interface LatentScaling {
  readonly scale: readonly number[];
  readonly shift: readonly number[];
}

/**
 * A data set of captioned images in which an image is a pure function of (source, seed, split, index). Indices may be
 * asked for in any order, in any chunks, by any number of workers; every split but "train" is the same for all seeds,
 * so that runs with different seeds are measured on the same images.
 */
export interface DataSource<Split extends string = string> {
  readonly name: string;
  readonly shape: readonly [channels: number, height: number, width: number];
  readonly vocabulary: Vocabulary;
  /** Word ids per caption, padding included. */
  readonly captionLength: number;
  /** Captions are of unlike lengths, and padding is not to be looked at. Default false: the padding word is a word like any. */
  readonly masked?: boolean;
  /** Where captions are vectors: batches have `features` and `lengths`, and `captions` are words for a reader. */
  readonly features?: FeatureShape;
  /** Where images are no pictures, but latents, which a decoder turns into some. */
  readonly latents?: LatentScaling;
  readonly splits: readonly Split[];
  /** Number of different images in a split; Infinity when they never run out. */
  size(split: Split): number;
  /** How often the split's images have all been seen before `index`: 0 for an endless source. */
  epoch(split: Split, index: number): number;
  /**
   * Images `start … start + count − 1` of a split, synchronously. Allocates nothing when `out` is given.
   * @param out arrays to fill, of exactly the batch's lengths
   * @throws RangeError on an unknown split, a negative or fractional index, an index past the end of a finite
   * held-out split, or an `out` of the wrong length
   */
  batch(split: Split, start: number, count: number, out?: Batch): Batch;
  /** The caption of one image as a sentence. */
  caption(split: Split, index: number): string;
  describe(): SourceDescription<Split>;
  /**
   * What images are, given their captions, where it is known how they are drawn; absent for images that were found. With it, the least loss that
   * any model can have is computed.
   * @param prior the images of a split; or "all", before some were held out: what one knows who is not told which
   * @throws RangeError for a prior that there is not
   */
  posterior?(prior: Split | "all"): Posterior;
  /** The same images with the training order, or the training draws, of another seed; reads nothing again. Absent where there is no seed. */
  withSeed?(seed: number): DataSource<Split>;
}

/** Empty arrays for `count` images of a source, to be filled again and again. */
export const allocateBatch = (
  {
    shape: [channels, height, width],
    captionLength,
    features,
  }: Pick<DataSource, "shape" | "captionLength" | "features">,
  count: number,
): Batch => ({
  images: new Float32Array(count * channels * height * width),
  captions: new Int32Array(count * captionLength),
  ...(features && {
    features: new Float32Array(count * features.tokens * features.dim),
    lengths: new Int32Array(count),
  }),
});
