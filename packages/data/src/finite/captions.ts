import type { Batch, FeatureShape, SourceDescription } from "../source.js";
import type { Vocabulary } from "../vocabulary.js";

/** The captions of stored records, before it is known which of them are trained on. */
export interface RecordCaptions {
  /** The caption of a record as it was given. */
  text(record: number): string;
  /**
   * How a model is given them. What it learns of words comes from the records that are trained on alone.
   * @param all every record, in the order of what they hold
   */
  reader(training: Uint32Array, all: Uint32Array): CaptionReader;
}

/** Captions as a model is given them. */
export interface CaptionReader {
  readonly vocabulary: Vocabulary;
  /** Word ids per caption, padding included. */
  readonly captionLength: number;
  readonly masked?: boolean;
  readonly features?: FeatureShape;
  /** What decides the ids or vectors, beside the captions themselves. */
  readonly settings: SourceDescription["settings"];
  /** What a person should know of them, such as how many were cut. */
  readonly remarks: readonly string[];
  /** Writes the caption of a record as the `at`-th of a batch, all of its slots. */
  write(record: number, batch: Batch, at: number): void;
}
