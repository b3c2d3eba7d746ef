/** Numbers in a file. They are read by rows, the indices of the first axis, so that the file may be larger than memory. */
export interface StoredArray {
  /** The file, and what the array is called in it: for messages. */
  readonly told: string;
  readonly shape: readonly number[];
  /** The numbers of one row. */
  readonly width: number;
  /**
   * Rows `start … start + count − 1` in row-major order, exact: in f64 where f32 does not hold every number of the format.
   * @throws Error for a 64-bit integer beyond 2^53, naming it
   */
  rows(start: number, count: number): Promise<Float32Array | Float64Array>;
}

/** Named arrays of one file. A file of a single array may leave it without a name. */
export interface ArrayFile {
  readonly path: string;
  readonly bytes: number;
  readonly names: readonly string[];
  /** @throws Error naming what there is when there is none of the name, or what is wrong with it */
  array(name: string): Promise<StoredArray>;
  /** Whoever opened the file closes it. */
  close(): Promise<void>;
}

/** The numbers of one row of a shape. */
export const widthOf = (shape: readonly number[]): number => shape.slice(1).reduce((product, n) => product * n, 1);

/** Formats whose numbers f32 does not hold. */
const WIDE: ReadonlySet<string> = new Set(["F64", "I64", "U64", "I32", "U32"]);

/** An array that holds every number of a format. */
export const arrayFor = (format: string, length: number): Float32Array | Float64Array =>
  WIDE.has(format) ? new Float64Array(length) : new Float32Array(length);

const AT_ONCE = 2 ** 22;

/** All rows in order, a few megabytes at a time. */
export async function* rowBlocks(
  array: StoredArray,
): AsyncGenerator<{ readonly start: number; readonly count: number; readonly values: Float32Array | Float64Array }> {
  const rows = array.shape[0]!;
  const most = Math.max(1, Math.floor(AT_ONCE / Math.max(1, array.width)));
  for (let start = 0; start < rows; start += most) {
    const count = Math.min(most, rows - start);
    yield { start, count, values: await array.rows(start, count) };
  }
}
