import type { SpriteChoice } from "../sprites/selection.js";
import type { IconSet } from "./iconify.js";
import { loadSharp } from "./sharp.js";

/** Drawings are rendered this many times larger than the cell before they are trimmed, so that trimming costs no detail. */
const OVERSAMPLING = 3;

/** Draws the chosen icons, each trimmed of empty margins and fitted into the middle of a square cell: the pixels of their sheet. */
export const rasterise = async (set: IconSet, choices: readonly SpriteChoice[], cell: number): Promise<Uint8Array> => {
  const sharp = await loadSharp();
  const missing = choices.filter(({ icon }) => set.svg(icon) === undefined);
  if (missing.length > 0)
    throw new RangeError(`${set.package} has no icon ${missing.map(({ icon }) => `"${icon}"`).join(", ")}`);
  const clear = { r: 0, g: 0, b: 0, alpha: 0 };
  const pixels = new Uint8Array(choices.length * cell * cell * 4);
  const draw = async ({ icon }: SpriteChoice, at: number) => {
    const drawn = await sharp(Buffer.from(set.svg(icon)!))
      .resize(cell * OVERSAMPLING, cell * OVERSAMPLING, { fit: "contain", background: clear })
      .png({ compressionLevel: 0 })
      .toBuffer();
    const raw = await sharp(drawn)
      .trim({ background: clear, threshold: 8 })
      .resize(cell, cell, { fit: "contain", background: clear })
      .ensureAlpha()
      .toColourspace("srgb")
      .raw({ depth: "uchar" })
      .toBuffer();
    premultiply(raw, pixels, at * cell * cell * 4);
  };
  await Promise.all(choices.map(draw));
  return pixels;
};

const premultiply = (raw: Uint8Array, out: Uint8Array, at: number): void => {
  for (let i = 0; i < raw.length; i += 4) {
    const alpha = raw[i + 3]!;
    for (let c = 0; c < 3; c++) out[at + i + c] = Math.round((raw[i + c]! * alpha) / 255);
    out[at + i + 3] = alpha;
  }
};
