import type { RecordCaptions } from "./captions.js";
import { digestOfHashes } from "./hash.js";
import type { RecordStore } from "./store.js";
import { valuesOf } from "./store.js";

/** Captions as vectors, stored beside the images. */
export interface StoredFeatures {
  /** `[1, 1 + tokens, dim]`: how many vectors count, filled up to a vector, then all of them, zeros where they do not count. */
  readonly store: RecordStore;
  /** `[count, 32]`. */
  readonly hashes: Uint8Array;
  /** Whether captions have unlike numbers of vectors. Default false: all of them count. */
  readonly masked?: boolean;
}

/** The record of a caption's vectors. @param values `[tokens, dim]`, zeros where they do not count */
export const featureRecord = (values: Float32Array, length: number, dim: number): Float32Array => {
  const record = new Float32Array(dim + values.length);
  record[0] = length;
  record.set(values, dim);
  return record;
};

/** Captions that a model is given as vectors, and a person as what `captions` has. */
export const withFeatures = (
  captions: RecordCaptions,
  { store, hashes, masked = false }: StoredFeatures,
): RecordCaptions => {
  const [, rows, dim] = store.shape;
  const tokens = rows - 1;
  const record = new Float32Array(valuesOf(store.shape));
  return {
    text: captions.text,
    reader: (training, all) => {
      const reader = captions.reader(training, all);
      return {
        ...reader,
        // Of what the model reads, not of the words beside it.
        masked,
        features: { tokens, dim },
        settings: { ...reader.settings, featuresSha256: digestOfHashes(hashes, all) },
        write(index, batch, at) {
          reader.write(index, batch, at);
          store.read(index, record, 0);
          // The empty caption is one vector of zeros.
          batch.lengths![at] = Math.max(1, record[0]!);
          batch.features!.set(record.subarray(dim), at * tokens * dim);
        },
      };
    },
  };
};
