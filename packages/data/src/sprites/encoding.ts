import { crc32 } from "./crc32.js";
import { checkSheet, type SpriteSheet } from "./sheet.js";

/** First bytes of a sheet file. The digit is the version of the layout. */
const MAGIC = "ISOSHEET1\n";
const HEADER_AT = MAGIC.length + 8;

/**
 * A sheet as bytes, to be stored or fetched by a page: the magic, CRC-32 of all that follows it, the header's length (both
 * little-endian 32-bit), a JSON header (names, cell, provenance), then the raw pixels.
 */
export const encodeSheet = (sheet: SpriteSheet): Uint8Array => {
  checkSheet(sheet);
  const { pixels, ...rest } = sheet;
  const header = new TextEncoder().encode(JSON.stringify(rest));
  const bytes = new Uint8Array(HEADER_AT + header.length + pixels.length);
  bytes.set(new TextEncoder().encode(MAGIC));
  bytes.set(header, HEADER_AT);
  bytes.set(pixels, HEADER_AT + header.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(MAGIC.length + 4, header.length, true);
  view.setUint32(MAGIC.length, crc32(bytes.subarray(MAGIC.length + 4)), true);
  return bytes;
};

/** A sheet from the bytes of `encodeSheet`. @throws Error when they are not a sheet, cut short or changed */
export const decodeSheet = (bytes: Uint8Array): SpriteSheet => {
  const magic = new TextDecoder().decode(bytes.subarray(0, MAGIC.length));
  if (magic !== MAGIC)
    throw new Error("sprite sheet: these bytes do not start with ISOSHEET1, they are not a sprite sheet");
  if (bytes.length < HEADER_AT) throw new Error(`sprite sheet: only ${bytes.length} bytes, the file is cut short`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(MAGIC.length, true) !== crc32(bytes.subarray(MAGIC.length + 4)))
    throw new Error("sprite sheet: the checksum does not fit the content, the file is cut short or damaged");
  const pixelsAt = HEADER_AT + view.getUint32(MAGIC.length + 4, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(HEADER_AT, pixelsAt))) as Omit<
    SpriteSheet,
    "pixels"
  >;
  const sheet: SpriteSheet = { ...header, pixels: new Uint8Array(bytes.subarray(pixelsAt)) };
  checkSheet(sheet);
  return sheet;
};
