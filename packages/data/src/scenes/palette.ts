import type { SpriteSheet } from "../sprites/sheet.js";

/** A background colour by the word that captions use, with sRGB values in 0 … 255 at its middle shade. */
export interface Background {
  readonly name: string;
  readonly rgb: readonly [number, number, number];
}

/** A scene's background is its colour plus one offset for all channels, drawn from ± this many levels. */
export const SHADE_RANGE = 12;

/** Eight colours that a person tells apart at any shade; each leaves `SHADE_RANGE` levels to both ends. */
export const backgrounds: readonly Background[] = [
  { name: "white", rgb: [238, 238, 238] },
  { name: "black", rgb: [26, 26, 26] },
  { name: "red", rgb: [196, 30, 36] },
  { name: "yellow", rgb: [238, 206, 60] },
  { name: "green", rgb: [40, 130, 62] },
  { name: "blue", rgb: [38, 72, 176] },
  { name: "purple", rgb: [118, 46, 150] },
  { name: "pink", rgb: [240, 158, 190] },
];

/** Smallest difference in luma and chroma (see `difference`) that still shows at 8 px. */
const VISIBLE = 0.3;
/** Share of a sprite's opaque area that has to differ visibly from the background. */
const VISIBLE_SHARE = 0.6;

/**
 * Which sprites can be seen on which backgrounds, `[sprite * backgrounds.length + background]`, 1 or 0: a red heart is not
 * put on red, because its caption would then describe something no one can see.
 */
export const visibleOn = (sheet: SpriteSheet): Uint8Array => {
  const visible = new Uint8Array(sheet.names.length * backgrounds.length);
  const area = sheet.cell * sheet.cell * 4;
  for (let sprite = 0; sprite < sheet.names.length; sprite++)
    for (const [b, { rgb }] of backgrounds.entries()) {
      let opaque = 0;
      let seen = 0;
      for (let i = sprite * area; i < (sprite + 1) * area; i += 4) {
        const alpha = sheet.pixels[i + 3]!;
        if (alpha < 128) continue;
        opaque++;
        const red = sheet.pixels[i]! / alpha - rgb[0] / 255;
        const green = sheet.pixels[i + 1]! / alpha - rgb[1] / 255;
        const blue = sheet.pixels[i + 2]! / alpha - rgb[2] / 255;
        if (difference(red, green, blue) > VISIBLE) seen++;
      }
      visible[sprite * backgrounds.length + b] = opaque > 0 && seen >= VISIBLE_SHARE * opaque ? 1 : 0;
    }
  return visible;
};

/** Length of a colour difference in Rec. 601 luma and chroma, chroma at reduced weight as in image coding. */
const difference = (red: number, green: number, blue: number): number => {
  const luma = 0.299 * red + 0.587 * green + 0.114 * blue;
  return Math.hypot(luma, 0.6 * (blue - luma), 0.6 * (red - luma));
};
