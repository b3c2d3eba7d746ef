import type { Device } from "@isoflop/tensor";
import type { ImageBatch } from "../images.js";

/** Images as an extractor takes them: of pictures red, green and blue, or grey. */
export type ExtractorImages = ImageBatch & { readonly data: Float32Array };

/** What captions say and pictures show, statement by statement. */
export interface CaptionReading {
  /** The kinds of statements, such as "objects" and "background". */
  readonly statements: readonly string[];
  /** (count, statements), row-major: 1 where the picture shows what its caption says of the kind, 0 where it does not, -1 where the caption says nothing of it. */
  readonly shown: Int8Array;
}

/** An extractor whose weights are on a device. */
export interface LoadedExtractor {
  /**
   * Features of images, (count, dim) row-major. Equal images have equal rows whatever the batch they are in, to the bit on one backend.
   * @throws MetricsError `dimension` for images of other channels than it takes
   */
  features(images: ExtractorImages): Promise<Float64Array>;
  /**
   * Whether pictures show what captions say of them, of an extractor that reads both.
   * @param captions as many sentences as images
   * @throws MetricsError `values` for a caption that it cannot read
   */
  readCaptions?(images: ExtractorImages, captions: readonly string[]): Promise<CaptionReading>;
  /** Frees its weights and programs. */
  dispose(): void;
}

/** What makes features of images: a network with its weights and its resize rule, or a rule alone. */
export interface Extractor {
  /** Names network and resize rule, for example "mobilenet-v2-nsfwjs@224-bilinear": sets of features of unlike names do not compare. */
  readonly name: string;
  /** Numbers in a row of features. */
  readonly dim: number;
  /** SHA-256 of the weights in hex digits, "" where there are none. @throws where the weights cannot be had */
  digest(): Promise<string>;
  load(device: Device): Promise<LoadedExtractor>;
}
