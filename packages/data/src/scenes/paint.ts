import { resample } from "../sprites/resample.js";
import type { SpriteSheet } from "../sprites/sheet.js";
import type { Sizes } from "./draw.js";
import type { Placed, Scene } from "./layout.js";
import { backgrounds } from "./palette.js";

/** Sprites at every size that scenes use, by size: `[sprites, size, size, 4]`, premultiplied. */
export type SpriteLevels = readonly (Uint8Array | undefined)[];

export const spriteLevels = (sheet: SpriteSheet, sizes: Sizes): SpriteLevels => {
  const levels: (Uint8Array | undefined)[] = [];
  for (const [low, high] of Object.values(sizes) as [number, number][])
    for (let size = low; size <= high; size++) levels[size] ??= resample(sheet, size);
  return levels;
};

/** Paints layouts into `[3, width, width]` planes in [-1, 1]: fills the image that starts at `at`. */
export const painter = (levels: SpriteLevels, width: number) => {
  const plane = width * width;

  /** Source-over composition (Porter and Duff 1984) of a premultiplied sprite on the plain background. */
  const place = (object: Placed, red: number, green: number, blue: number, out: Float32Array, at: number): void => {
    const { sprite, x, y, size } = object;
    const level = levels[size]!;
    let from = sprite * size * size * 4;
    for (let row = 0; row < size; row++) {
      let to = at + (y + row) * width + x;
      for (let column = 0; column < size; column++, from += 4, to++) {
        const alpha = level[from + 3]!;
        if (alpha === 0) continue;
        const rest = (255 - alpha) / 255;
        out[to] = (level[from]! + rest * red) / 127.5 - 1;
        out[to + plane] = (level[from + 1]! + rest * green) / 127.5 - 1;
        out[to + 2 * plane] = (level[from + 2]! + rest * blue) / 127.5 - 1;
      }
    }
  };

  return ({ kind, background, shade, first, second }: Scene, out: Float32Array, at: number): void => {
    const { rgb } = backgrounds[background]!;
    const [red, green, blue] = [rgb[0] + shade, rgb[1] + shade, rgb[2] + shade];
    out.fill(red / 127.5 - 1, at, at + plane);
    out.fill(green / 127.5 - 1, at + plane, at + 2 * plane);
    out.fill(blue / 127.5 - 1, at + 2 * plane, at + 3 * plane);
    place(first, red, green, blue, out, at);
    if (kind === "pair") place(second, red, green, blue, out, at);
  };
};
