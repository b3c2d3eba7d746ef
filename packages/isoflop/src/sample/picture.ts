import { crc32 } from "node:zlib";

/** A text chunk of PNG (11.3.4.3): keyword, null byte, text. */
const SOFTWARE = Buffer.from("tEXtSoftware\u0000isoflop", "latin1");
/** The signature and the header chunk, which comes first. */
const HEADER_END = 33;

/** A PNG that says by which program it was made. */
export const signed = (png: Uint8Array): Uint8Array => {
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(SOFTWARE.length - 4, 0);
  ends.writeUInt32BE(crc32(SOFTWARE), 4);
  const chunk = [ends.subarray(0, 4), SOFTWARE, ends.subarray(4)];
  return Buffer.concat([png.subarray(0, HEADER_END), ...chunk, png.subarray(HEADER_END)]);
};

/** Whether a file that begins so is one of {@link signed}. */
export const isOurPicture = (head: string): boolean =>
  head.startsWith("\u0089PNG") && head.startsWith(SOFTWARE.toString("latin1"), HEADER_END + 4);
