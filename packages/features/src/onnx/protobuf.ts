import { must } from "../errors.js";

/** A field of a message: bytes where it is `sized`, else its bits. */
export interface Field {
  readonly number: number;
  readonly sized: boolean;
  readonly bytes: Uint8Array;
  readonly bits: bigint;
}

/** What follows a field's key, by its wire type. */
const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;
const FIXED32 = 5;

/**
 * The fields of a message of Protocol Buffers, in the order in which they lie (protobuf.dev/programming-guides/encoding).
 * @throws FeaturesError `file` where the bytes are no message
 */
export const fieldsOf = (message: Uint8Array): readonly Field[] => {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const fields: Field[] = [];
  let at = 0;
  const whole = (bytes: number): void =>
    must(
      bytes >= 0 && at + bytes <= message.length,
      "file",
      `A field of ${bytes} bytes at ${at} leaves a message of ${message.length} bytes: the file is cut off or no ONNX file.`,
    );
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      whole(1);
      must(shift < 70n, "file", `The number at byte ${at} is longer than 64 bits: the file is no ONNX file.`);
      const byte = message[at++]!;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asUintN(64, value);
    }
  };
  const none = new Uint8Array();
  while (at < message.length) {
    const key = Number(varint());
    const number = Math.floor(key / 8);
    const type = key & 7;
    if (type === VARINT) fields.push({ number, sized: false, bytes: none, bits: varint() });
    else {
      const length = type === LENGTH ? Number(varint()) : type === FIXED64 ? 8 : type === FIXED32 ? 4 : -1;
      must(
        length >= 0,
        "file",
        `The field ${number} at byte ${at} has the wire type ${type}: the file is no ONNX file.`,
      );
      whole(length);
      const bytes = message.subarray(at, at + length);
      const bits =
        type === FIXED32 ? BigInt(view.getUint32(at, true)) : type === FIXED64 ? view.getBigUint64(at, true) : 0n;
      fields.push({ number, sized: type === LENGTH, bytes, bits });
      at += length;
    }
  }
  return fields;
};

/** Whole numbers of a repeated field, packed or one by one. */
export const wholesOf = (fields: readonly Field[]): number[] =>
  fields.flatMap(({ sized, bytes, bits }) => {
    if (!sized) return [Number(BigInt.asIntN(64, bits))];
    const list: number[] = [];
    let value = 0n;
    let shift = 0n;
    for (const byte of bytes) {
      value |= BigInt(byte & 127) << shift;
      shift += 7n;
      if (byte >= 128) continue;
      list.push(Number(BigInt.asIntN(64, value)));
      value = 0n;
      shift = 0n;
    }
    return list;
  });

/** Floats of a repeated field, packed or one by one: both lie as bytes. */
export const floatsOf = (fields: readonly Field[]): number[] =>
  fields.flatMap(({ bytes }) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
  });

const decoder = new TextDecoder();

export const textOf = (field: Field | undefined): string => (field ? decoder.decode(field.bytes) : "");
