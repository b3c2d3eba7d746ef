import { TensorError } from "../errors.js";
import { roundHalfEven } from "../reference-math.js";
import { quoted } from "./quoted.js";

/** Element formats of the file format, by bytes per element. */
export const FORMAT_BYTES = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
} as const;

export type Format = keyof typeof FORMAT_BYTES;

export const isFormat = (name: unknown): name is Format =>
  typeof name === "string" && Object.hasOwn(FORMAT_BYTES, name);

const scratch = new DataView(new ArrayBuffer(4));

/** The f32 whose value a 16-bit half holds (IEEE 754 binary16). */
export const halfToFloat = (half: number): number => {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
};

/** The nearest half, ties to even; overflow gives infinity. */
export const floatToHalf = (value: number): number => {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size >= 65520) return sign | 0x7c00;
  const exponent = Math.max(-14, Math.floor(Math.log2(size || 2 ** -24)));
  // Spacing of halves around this size; Math.log2 may be off by one at powers of two, which the carry below absorbs.
  const steps = roundHalfEven(size / 2 ** (exponent - 10));
  const bits = steps < 1024 ? steps : ((exponent + 14) << 10) + steps;
  return sign | bits;
};

export const bfloatToFloat = (bits: number): number => {
  scratch.setUint32(0, bits << 16);
  return scratch.getFloat32(0);
};

/** The nearest bfloat16, ties to even. */
export const floatToBfloat = (value: number): number => {
  if (Number.isNaN(value)) return 0x7fc0;
  scratch.setFloat32(0, value);
  let bits = scratch.getUint32(0);
  const rounded = scratch.getFloat32(0);
  // Rounded to odd on the way through f32, so that the second rounding sees on which side of a tie the value lies.
  if (rounded !== value) bits = (Math.abs(rounded) > Math.abs(value) ? bits - 1 : bits) | 1;
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff;
};

type Reader = (view: DataView, at: number) => number;

const readers: Readonly<Record<Exclude<Format, "I64" | "U64">, Reader>> = {
  F64: (v, i) => v.getFloat64(i, true),
  F32: (v, i) => v.getFloat32(i, true),
  F16: (v, i) => halfToFloat(v.getUint16(i, true)),
  BF16: (v, i) => bfloatToFloat(v.getUint16(i, true)),
  I32: (v, i) => v.getInt32(i, true),
  I16: (v, i) => v.getInt16(i, true),
  I8: (v, i) => v.getInt8(i),
  U32: (v, i) => v.getUint32(i, true),
  U16: (v, i) => v.getUint16(i, true),
  U8: (v, i) => v.getUint8(i),
  BOOL: (v, i) => v.getUint8(i),
};

const wide =
  (what: string, format: "I64" | "U64"): Reader =>
  (view, at) => {
    const exact = format === "I64" ? view.getBigInt64(at, true) : view.getBigUint64(at, true);
    const value = Number(exact);
    if (!Number.isSafeInteger(value))
      throw new TensorError("format", `${what} holds ${exact}, which a JavaScript number cannot represent exactly`);
    return value;
  };

/** What every pattern of 16 bits stands for, once it is needed: computing it anew for each element takes ten times as long. */
const tables = new Map<Format, Float32Array>();

const tableOf = (format: Format, value: (bits: number) => number): Float32Array => {
  const table = tables.get(format) ?? Float32Array.from({ length: 2 ** 16 }, (_, bits) => value(bits));
  tables.set(format, table);
  return table;
};

const HALVES: Readonly<Partial<Record<Format, (bits: number) => number>>> = { F16: halfToFloat, BF16: bfloatToFloat };

/** An array that numbers of a file are read into. */
export type Decoded = Float32Array | Float64Array | Int32Array;

/** A typed array of the machine lies in memory as the file has it: the usual case, and many times faster. */
const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/**
 * Decodes raw little-endian elements into an array of numbers. Floats are rounded to it; nothing else may change, and nothing overflow.
 * @param what what stands before "holds" in a message
 * @param first the index of the first element, for messages
 * @throws TensorError `format` naming the value and its index
 */
export const decodeElements = <T extends Decoded>(
  what: string,
  format: Format,
  bytes: Uint8Array,
  out: T,
  first = 0,
): T => {
  if (format === "F32" && out instanceof Float32Array && littleEndian) {
    new Uint8Array(out.buffer, out.byteOffset, out.byteLength).set(bytes);
    return out;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const half = HALVES[format];
  if (half && !(out instanceof Int32Array)) {
    const table = tableOf(format, half);
    for (let i = 0; i < out.length; i++) out[i] = table[view.getUint16(2 * i, true)]!;
    return out;
  }
  const read = format === "I64" || format === "U64" ? wide(what, format) : readers[format];
  const step = FORMAT_BYTES[format];
  const float = format.includes("F");
  for (let i = 0; i < out.length; i++) {
    const value = read(view, i * step);
    if (format === "BOOL" && value > 1)
      throw new TensorError("format", `${what} holds the byte ${value} at ${first + i}; a BOOL is 0 or 1`);
    out[i] = value;
    if (float ? Number.isFinite(value) && !Number.isFinite(out[i]) : out[i] !== value)
      throw new TensorError(
        "format",
        `${what} holds ${value} at ${first + i}, which does not fit ${out instanceof Int32Array ? "an i32" : "an f32"}; read it with float64`,
      );
  }
  return out;
};

const whole = (least: number, most: number) => (v: number) => Number.isInteger(v) && v >= least && v <= most;

/** Not a finite number that would be stored as an infinity: those from half a step above the largest number on. */
const below = (overflow: number) => (v: number) => !(Math.abs(v) >= overflow) || !Number.isFinite(v);

/** The formats that can be written: which numbers they hold, and what those are called. */
const holds = {
  F64: { has: () => true, what: "any number" },
  F32: { has: below(2 ** 128 - 2 ** 103), what: "numbers up to 3.4028235e38" },
  BF16: { has: below(2 ** 128 - 2 ** 119), what: "numbers up to 3.3895314e38" },
  F16: { has: below(65520), what: "numbers up to 65504" },
  I32: { has: whole(-(2 ** 31), 2 ** 31 - 1), what: "whole numbers from -2147483648 to 2147483647" },
  U32: { has: whole(0, 2 ** 32 - 1), what: "whole numbers from 0 to 4294967295" },
  U8: { has: whole(0, 255), what: "whole numbers from 0 to 255" },
  BOOL: { has: whole(0, 1), what: "0 and 1" },
};

export type WritableFormat = keyof typeof holds;

/** Refuses what encoding would change by more than rounding: the file would be whole, but not what was to be kept. */
export const checkEncodable = (name: string, format: WritableFormat, data: ArrayLike<number>): void => {
  if (!Object.hasOwn(holds, format))
    throw new TensorError(
      "format",
      `safetensors: ${quoted(name)} is to be written as ${quoted(format)}; formats to write are ${Object.keys(holds).join(", ")}`,
    );
  const { has, what } = holds[format];
  for (let i = 0; i < data.length; i++) {
    const value = data[i];
    if (typeof value !== "number" || !has(value))
      throw new TensorError(
        "format",
        `safetensors: ${quoted(name)} has ${typeof value === "number" ? value : `a value of type ${typeof value}`} at ${i}; ${format} holds ${what}`,
      );
  }
};

/** Encodes numbers as raw little-endian elements. */
export const encode = (format: WritableFormat, data: ArrayLike<number>): Uint8Array => {
  const step = FORMAT_BYTES[format];
  const view = new DataView(new ArrayBuffer(data.length * step));
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    const at = i * step;
    if (format === "F32") view.setFloat32(at, value, true);
    else if (format === "F64") view.setFloat64(at, value, true);
    else if (format === "I32") view.setInt32(at, value, true);
    else if (format === "U32") view.setUint32(at, value, true);
    else if (format === "F16") view.setUint16(at, floatToHalf(value), true);
    else if (format === "BF16") view.setUint16(at, floatToBfloat(value), true);
    else view.setUint8(at, value);
  }
  return new Uint8Array(view.buffer);
};
