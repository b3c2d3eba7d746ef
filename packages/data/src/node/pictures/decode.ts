import { BadImage } from "../../pictures/item.js";
import type { SquareOptions } from "../../pictures/options.js";
import type { Sharp } from "../sharp.js";

/** A decoded image, and the size that it had. */
export interface DecodedPicture {
  readonly record: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/**
 * An encoded image as a square of levels, `[channels, size, size]`: turned as its EXIF says, in sRGB of 8 bits, its first page where
 * it has several. @throws BadImage when it is broken or too small
 */
export const decodePicture = async (
  sharp: Sharp,
  bytes: Uint8Array,
  options: SquareOptions,
): Promise<DecodedPicture> => {
  const { size, fit, kernel, background, channels } = options;
  const image = sharp(bytes, { autoOrient: true });
  const { autoOrient } = await image.metadata().catch(refused);
  checkSize(autoOrient, options);
  const { data } = await image
    .flatten({ background })
    .resize(size, size, { fit, kernel, background, position: "centre", fastShrinkOnLoad: false })
    .toColourspace(channels === 1 ? "b-w" : "srgb")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true })
    // What libvips says may be of another image that is decoded at the same time.
    .catch(() => {
      throw new BadImage("it is damaged or cut short");
    });
  const { width, height } = autoOrient;
  return { record: planes(data, channels), width, height };
};

const refused = (error: Error): never => {
  const [reason] = error.message.split("\n");
  throw new BadImage(`it cannot be read (${reason!.trim().replace(/[:.]+$/, "")})`);
};

/** A square that would need pixels that the image does not have. */
const checkSize = (
  { width, height }: { readonly width: number; readonly height: number },
  { size, fit, enlarge }: SquareOptions,
): void => {
  const side = fit === "contain" ? Math.max(width, height) : Math.min(width, height);
  if (!enlarge && side < size) throw new BadImage(`${width} x ${height} pixels are smaller than ${size}`);
};

/** Interleaved channels one after the other. */
const planes = (pixels: Uint8Array, channels: number): Uint8Array => {
  const count = pixels.length / channels;
  const out = new Uint8Array(pixels.length);
  for (let channel = 0; channel < channels; channel++)
    for (let i = 0; i < count; i++) out[channel * count + i] = pixels[i * channels + channel]!;
  return out;
};
