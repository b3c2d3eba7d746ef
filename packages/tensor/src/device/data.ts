import { type AnyData, BYTES_PER_ELEMENT, type DType, viewAs } from "../dtype.js";
import { TensorError } from "../errors.js";

/** Arrays that have a dtype of their own; every other typed array of numbers counts as a list of numbers. */
const dtypes: Readonly<Record<string, DType>> = { Float32Array: "f32", Int32Array: "i32", Uint32Array: "u32" };

const kindOfTypedArray = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  Symbol.toStringTag,
)!.get!;

/** The class name of a typed array, of whichever realm it comes from (an iframe, a vm context), unlike `instanceof`. */
const typedArrayName = (value: unknown): string | undefined => kindOfTypedArray.call(value);

const MAX_F32 = (2 - 2 ** -23) * 2 ** 127;

/** What a dtype holds, and whether a number is one of it. */
const holds: Readonly<Record<DType, { readonly what: string; has(value: number): boolean }>> = {
  f32: {
    what: `numbers up to ${MAX_F32} and the infinities`,
    has: (v) => Math.abs(Math.fround(v)) <= MAX_F32 || !Number.isFinite(v),
  },
  i32: { what: "whole numbers from -2147483648 to 2147483647", has: (v) => v === (v | 0) },
  u32: { what: "whole numbers from 0 to 4294967295", has: (v) => v === v >>> 0 },
  bool: { what: "0 and 1", has: (v) => v === 0 || v === 1 },
};

const describe = (value: unknown): string => {
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object" && value !== null) return `a ${value.constructor?.name ?? "record"}`;
  return typeof value === "string" ? JSON.stringify(value.slice(0, 40)) : String(value);
};

/** The dtype data has if none is named: that of its array, else f32. */
export const dtypeOfData = (data: unknown): DType => dtypes[typedArrayName(data) ?? ""] ?? "f32";

/** Refuses everything but flat arrays of numbers. */
export const checkData = (op: string, data: unknown): ArrayLike<number> => {
  const name = typedArrayName(data);
  if (name?.startsWith("Big"))
    throw new TensorError(
      "dtype",
      `${op}: a ${name} holds 64-bit integers, and no dtype does; convert it where its values fit: Int32Array.from(data, Number)`,
    );
  if (name === undefined && !Array.isArray(data))
    throw new TensorError(
      "argument",
      `${op}: data is ${describe(data)}; pass a flat array of numbers or a typed array, and a shape`,
    );
  return data as ArrayLike<number>;
};

/**
 * Numbers as a device takes them.
 * @throws TensorError `dtype` for an array of another dtype, `argument` for what is no number or does not fit, naming the first such value
 */
export const toTyped = (op: string, data: ArrayLike<number>, dtype: DType): AnyData => {
  const own = dtypes[typedArrayName(data) ?? ""];
  if (own !== undefined && own !== dtype && !(own === "u32" && dtype === "bool"))
    throw new TensorError(
      "dtype",
      `${op}: a ${typedArrayName(data)} holds ${own}, not ${dtype}; convert it or pass its own dtype`,
    );
  if (own === dtype) return data as AnyData;
  const { what, has } = holds[dtype];
  const typed = viewAs(dtype, new ArrayBuffer(BYTES_PER_ELEMENT * data.length));
  for (let i = 0; i < data.length; i++) {
    const value = data[i];
    if (typeof value !== "number")
      throw new TensorError(
        "argument",
        `${op}: value ${i} is ${describe(value)}, not a number; pass flat numbers and a shape, as in device.tensor([1, 2, 3, 4], [2, 2])`,
      );
    if (!has(value)) throw new TensorError("argument", `${op}: value ${i} is ${value}; ${dtype} holds ${what}`);
    typed[i] = value;
  }
  return typed;
};
