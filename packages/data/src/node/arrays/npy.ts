import { type ByteSource, decodeElements, FORMAT_BYTES } from "@isoflop/tensor/safetensors";
import { arrayFor, type StoredArray, widthOf } from "./array.js";
import { type NpyHeader, parseNpyHeader } from "./npy-header.js";

const MAGIC = "\u0093NUMPY";
/** Headers of number arrays stay below a kilobyte. */
const MOST_HEADER_BYTES = 2 ** 20;

/**
 * An array in NumPy's format, of either order of bytes and of axes.
 * @param told the file, for messages
 * @throws Error naming the file and what is wrong: another format, a header that lies, too few bytes, bytes left over
 */
export const openNpy = async (source: ByteSource, told: string): Promise<StoredArray> => {
  const wrong = (why: string): Error => new Error(`${told}: ${why}`);
  const start = await source.read(0, Math.min(12, source.size));
  if (start.length < 10 || Buffer.from(start.subarray(0, 6)).toString("latin1") !== MAGIC)
    throw wrong(`it is no npy file: it does not begin with \\x93NUMPY`);
  const [major, minor] = [start[6]!, start[7]!];
  if (major < 1 || major > 3 || minor !== 0)
    throw wrong(`it is of version ${major}.${minor} of the npy format; known are 1.0, 2.0 and 3.0`);
  const view = new DataView(start.buffer, start.byteOffset, start.length);
  const lengthBytes = major === 1 ? 2 : 4;
  if (start.length < 8 + lengthBytes) throw wrong(`it ends after ${start.length} bytes, within its header`);
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const begin = 8 + lengthBytes + length;
  if (begin > source.size)
    throw wrong(`its header claims ${length} bytes, and ${source.size - 8 - lengthBytes} follow; it is truncated`);
  if (length > MOST_HEADER_BYTES) throw wrong(`its header claims ${length} bytes; more than 1 MiB is refused`);
  const text = Buffer.from(await source.read(8 + lengthBytes, length)).toString(major === 3 ? "utf8" : "latin1");
  const header = parsed(text, wrong);
  const expected = header.shape.reduce((product, n) => product * n, FORMAT_BYTES[header.format]);
  const found = source.size - begin;
  if (found !== expected)
    throw wrong(
      `${header.format} [${header.shape.join(", ")}] takes ${expected} bytes, and ${found} follow its header${found < expected ? "; it is truncated" : ""}`,
    );
  return arrayOf(source, told, header, begin);
};

const parsed = (text: string, wrong: (why: string) => Error): NpyHeader => {
  try {
    return parseNpyHeader(text);
  } catch (error) {
    throw wrong((error as Error).message);
  }
};

const arrayOf = (source: ByteSource, told: string, header: NpyHeader, begin: number): StoredArray => {
  const { format, bigEndian, fortran, shape } = header;
  const width = widthOf(shape);
  const step = FORMAT_BYTES[format];
  const read = async (element: number, count: number): Promise<Uint8Array> => {
    const bytes = await source.read(begin + element * step, count * step);
    if (bytes.length !== count * step) throw new Error(`${told}: it was cut short while it was read`);
    return bigEndian ? swapped(bytes, step) : bytes;
  };
  const decode = async (element: number, count: number) =>
    decodeElements(told, format, await read(element, count), arrayFor(format, count), element);
  // Where the first axis varies fastest, the rows' k-th numbers lie side by side.
  const places = fortran ? rowMajorPlaces(shape.slice(1)) : [];
  return {
    ...{ told, shape, width },
    async rows(start, count) {
      if (!fortran || width === 1) return decode(start * width, count * width);
      const out = arrayFor(format, count * width);
      for (const [place, column] of places.entries()) {
        const values = await decode(place * shape[0]! + start, count);
        for (let row = 0; row < count; row++) out[row * width + column] = values[row]!;
      }
      return out;
    },
  };
};

/** Where the k-th element of a column-major array of this shape stands in the row-major one. */
const rowMajorPlaces = (shape: readonly number[]): number[] => {
  let places = [0];
  let stride = shape.reduce((product, n) => product * n, 1);
  for (const n of shape) {
    stride /= n;
    const before = places;
    places = Array.from({ length: n }, (_, i) => before.map((place) => place + i * stride)).flat();
  }
  return places;
};

/** A copy with the bytes of every element the other way round. */
const swapped = (bytes: Uint8Array, step: number): Uint8Array => {
  const copy = Buffer.from(bytes);
  if (step === 2) return copy.swap16();
  if (step === 4) return copy.swap32();
  return step === 8 ? copy.swap64() : copy;
};
