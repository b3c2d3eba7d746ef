import { TensorError } from "./errors.js";
import { spelled } from "./spelled.js";

/** Element types a tensor can have. Every element takes four bytes in memory; `bool` is a u32 holding 0 or 1. */
export type DType = "f32" | "i32" | "u32" | "bool";

export const DTYPES = ["f32", "i32", "u32", "bool"] as const satisfies readonly DType[];

export const BYTES_PER_ELEMENT = 4;

/** The typed array in which values of a dtype are given and read. */
export type DataOf<D extends DType> = D extends "f32"
  ? Float32Array
  : D extends "i32"
    ? Int32Array
    : D extends "u32" | "bool"
      ? Uint32Array
      : never;

export type AnyData = Float32Array | Int32Array | Uint32Array;

const views = { f32: Float32Array, i32: Int32Array, u32: Uint32Array, bool: Uint32Array } as const;

/** A typed-array view of raw bytes: the one place that maps dtypes to array classes. */
export const viewAs = <D extends DType>(
  dtype: D,
  buffer: ArrayBufferLike,
  byteOffset = 0,
  length?: number,
): DataOf<D> => new views[dtype](buffer as ArrayBuffer, byteOffset, length) as DataOf<D>;

/** Numbers in an array of a dtype and of its own. */
export const arrayOf = <D extends DType>(dtype: D, values: ArrayLike<number>): DataOf<D> => {
  const array = viewAs(dtype, new ArrayBuffer(BYTES_PER_ELEMENT * values.length));
  array.set(values);
  return array;
};

const float = new Float32Array(1);
const floatBits = new Uint32Array(float.buffer);

/** The bits of a number rounded to f32. */
export const bitsOf = (value: number): number => {
  float[0] = value;
  return floatBits[0]!;
};

/** Rejects names that are no dtype's, or none of those that an op takes. */
export const checkDType = (op: string, dtype: unknown, choices: readonly DType[] = DTYPES): void => {
  if (!choices.some((choice) => choice === dtype))
    throw new TensorError("dtype", `${op}: there is no dtype ${spelled(dtype)} here; choose ${choices.join(", ")}`);
};
