import { type BinaryReader, readMessage } from "./message.js";

/** Types of `tensorflow/core/framework/types.proto`, and a number of each from its bytes, little end first. */
const kinds: Readonly<Record<number, (view: DataView) => number>> = {
  1: (view) => shortest(view.getFloat32(0, true)),
  2: (view) => view.getFloat64(0, true),
  3: (view) => view.getInt32(0, true),
  9: (view) => Number(view.getBigInt64(0, true)),
  // The upper half of a float32.
  14: (view) => fromBits(view.getUint16(0, true) << 16),
  19: (view) => halfOf(view.getUint16(0, true)),
};

/** A scalar or a text in a `TensorProto`; undefined for a tensor of more than one number. */
export const scalarIn = (bytes: Uint8Array): number | string | undefined => {
  let type = 0;
  let size = 1;
  let content: Uint8Array = new Uint8Array();
  const listed: (number | string)[] = [];
  const packed = (one: (reader: BinaryReader) => number) => (reader: BinaryReader) => {
    const length = reader.uint32();
    const end = reader.pos + length;
    while (reader.pos < end) listed.push(one(reader));
  };
  readMessage(bytes, {
    1: (reader) => (type = reader.int32()),
    2: (reader) => (size = sizeOf(reader.bytes())),
    4: (reader) => (content = reader.bytes()),
    5: packed((reader) => shortest(reader.float())),
    6: packed((reader) => reader.double()),
    7: packed((reader) => reader.int32()),
    8: (reader) => listed.push(reader.string()),
    10: packed((reader) => Number(reader.int64())),
    13: packed((reader) => bitsOf(type, reader.int32())),
  });
  if (size !== 1) return undefined;
  if (listed.length > 0) return listed.length === 1 ? listed[0] : undefined;
  const read = kinds[type];
  if (!read || content.length === 0) return undefined;
  return read(new DataView(content.buffer, content.byteOffset, content.byteLength));
};

const sizeOf = (shape: Uint8Array): number => {
  let size = 1;
  readMessage(shape, {
    2: (reader) =>
      readMessage(reader.bytes(), {
        1: (dimension) => (size *= Number(dimension.int64())),
      }),
  });
  return size;
};

const bitsOf = (type: number, bits: number): number => (type === 14 ? fromBits(bits << 16) : halfOf(bits));

const fromBits = (bits: number): number => {
  const view = new DataView(new ArrayBuffer(4));
  view.setInt32(0, bits);
  return view.getFloat32(0);
};

/** The shortest decimal that is this float32: 2.05 and not 2.0499999523162842. */
export const shortest = (value: number): number => {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
};

/** IEEE 754 binary16. */
const halfOf = (bits: number): number => {
  const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 0x1f, bits & 0x3ff];
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
};
