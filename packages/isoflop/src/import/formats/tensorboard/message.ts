import { BinaryReader } from "@bufbuild/protobuf/wire";

export type { BinaryReader } from "@bufbuild/protobuf/wire";

/**
 * Reads the fields of a protobuf message that somebody asks for and skips the others.
 * @param fields what to do with each, by its number
 * @throws Error where the bytes are no message
 */
export const readMessage = (
  bytes: Uint8Array,
  fields: Readonly<Record<number, (reader: BinaryReader) => void>>,
): void => {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    const field = fields[number];
    if (field) field(reader);
    else reader.skip(type);
  }
};
