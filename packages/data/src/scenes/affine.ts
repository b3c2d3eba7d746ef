import type { SpriteLevels } from "./paint.js";
import { backgrounds } from "./palette.js";
import type { Placement } from "./placements.js";

/** Change of a colour's value in [-1, 1] by one level of shade. */
export const PER_LEVEL = 1 / 127.5;

export interface PlacedSprite {
  readonly sprite: number;
  readonly placement: Placement;
}

/** Scenes as `painter` paints them, taken apart: every value is base + shade · slope, and what a sprite does not cover has the slope `PER_LEVEL`. */
export const affineScenes = (levels: SpriteLevels, width: number) => {
  const plane = width * width;
  return {
    /** Calls with every value of an image, `[3, width, width]`, and its base on the plain background. */
    eachPlain(background: number, visit: (at: number, base: number) => void): void {
      const { rgb } = backgrounds[background]!;
      for (let at = 0; at < 3 * plane; at++) visit(at, rgb[Math.floor(at / plane)]! * PER_LEVEL - 1);
    },
    /** Calls with every value that a sprite covers, and what it is there. */
    eachCovered(
      { sprite, placement: { x, y, size } }: PlacedSprite,
      background: number,
      visit: (at: number, base: number, slope: number, plainBase: number) => void,
    ): void {
      const { rgb } = backgrounds[background]!;
      const level = levels[size]!;
      let from = sprite * size * size * 4;
      for (let row = 0; row < size; row++)
        for (let column = 0; column < size; column++, from += 4) {
          const alpha = level[from + 3]!;
          if (alpha === 0) continue;
          const slope = ((255 - alpha) / 255) * PER_LEVEL;
          const at = (y + row) * width + x + column;
          for (let c = 0; c < 3; c++)
            visit(at + c * plane, level[from + c]! * PER_LEVEL - 1 + slope * rgb[c]!, slope, rgb[c]! * PER_LEVEL - 1);
        }
    },
  };
};
