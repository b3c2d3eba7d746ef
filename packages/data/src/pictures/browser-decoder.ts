import { BadImage } from "./item.js";
import type { Rgba } from "./square.js";

/** Decodes an encoded image, turned as its EXIF says. @throws BadImage when it is broken */
export type PictureDecoder = (bytes: Uint8Array) => Promise<Rgba>;

/** As a browser decodes it, in a page or a worker. */
export const browserDecoder: PictureDecoder = async (bytes) => {
  const options = {
    imageOrientation: "from-image",
    premultiplyAlpha: "none",
    colorSpaceConversion: "default",
  } as const;
  const bitmap = await createImageBitmap(new Blob([bytes as Uint8Array<ArrayBuffer>]), options).catch(
    (error: Error) => {
      throw new BadImage(`it cannot be read (${error.message})`);
    },
  );
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true })!;
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return context.getImageData(0, 0, width, height);
};
