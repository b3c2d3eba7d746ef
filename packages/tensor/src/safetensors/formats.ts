import { TensorError } from "../errors.js";

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
  const steps = roundEven(size / 2 ** (exponent - 10));
  const bits = steps < 1024 ? steps : ((exponent + 14) << 10) + steps;
  return sign | bits;
};

const roundEven = (x: number): number => {
  const down = Math.floor(x);
  const rest = x - down;
  return rest > 0.5 || (rest === 0.5 && down % 2 === 1) ? down + 1 : down;
};

export const bfloatToFloat = (bits: number): number => {
  scratch.setUint32(0, bits << 16);
  return scratch.getFloat32(0);
};

/** The nearest bfloat16, ties to even. */
export const floatToBfloat = (value: number): number => {
  scratch.setFloat32(0, value);
  const bits = scratch.getUint32(0);
  if (Number.isNaN(value)) return 0x7fc0;
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
  (name: string, format: "I64" | "U64"): Reader =>
  (view, at) => {
    const value = Number(format === "I64" ? view.getBigInt64(at, true) : view.getBigUint64(at, true));
    if (!Number.isSafeInteger(value))
      throw new TensorError(
        "format",
        `safetensors: ${name} holds ${value}, which a JavaScript number cannot represent exactly`,
      );
    return value;
  };

/** Decodes raw little-endian elements into an array of numbers. */
export const decode = <T extends Float32Array | Float64Array | Int32Array | Uint32Array>(
  name: string,
  format: Format,
  bytes: Uint8Array,
  out: T,
): T => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = format === "I64" || format === "U64" ? wide(name, format) : readers[format];
  const step = FORMAT_BYTES[format];
  for (let i = 0; i < out.length; i++) out[i] = read(view, i * step);
  return out;
};

/** Encodes numbers as raw little-endian elements. */
export const encode = (
  format: "F32" | "F16" | "BF16" | "F64" | "I32" | "U32" | "U8" | "BOOL",
  data: ArrayLike<number>,
): Uint8Array => {
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
