/** Decoded images or latents, all of one shape, read one at a time. */
export interface RecordStore {
  readonly count: number;
  readonly shape: readonly [channels: number, height: number, width: number];
  /** Writes the values of a record, as a model sees them, to `out` from `at` on. */
  read(index: number, out: Float32Array, at: number): void;
}

/** Levels 0 … 255 as values in [-1, 1]. */
const levels = Float32Array.from({ length: 256 }, (_, level) => level / 127.5 - 1);

/** Writes levels 0 … 255 as values in [-1, 1]. */
export const writeLevels = (bytes: Uint8Array, from: number, count: number, out: Float32Array, at: number): void => {
  for (let i = 0; i < count; i++) out[at + i] = levels[bytes[from + i]!]!;
};

/**
 * A store in memory: bytes are levels 0 … 255 and are read as [-1, 1], floats are read as they are.
 * @param values `[n, channels, height, width]` @throws RangeError when they are no whole number of records
 */
export const memoryStore = (values: Uint8Array | Float32Array, shape: RecordStore["shape"]): RecordStore => {
  const each = valuesOf(shape);
  if (values.length % each !== 0)
    throw new RangeError(
      `record store: ${values.length} values are no whole number of records of ${shape.join(" x ")}`,
    );
  return {
    count: values.length / each,
    shape,
    read(index, out, at) {
      if (values instanceof Uint8Array) writeLevels(values, index * each, each, out, at);
      else out.set(values.subarray(index * each, (index + 1) * each), at);
    },
  };
};

/** How many values a record has. */
export const valuesOf = ([channels, height, width]: RecordStore["shape"]): number => channels * height * width;
