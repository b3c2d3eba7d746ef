import type { ImageOptions } from "../image-options.js";
import { backgrounds } from "../scenes/palette.js";
import type { SceneSource } from "../scenes/scene-source.js";
import { scenes } from "../scenes/scenes.js";
import type { SpriteSheet } from "./sheet.js";

/** Whether a point belongs to a shape; x goes right and y down, both from -1 to 1. */
type Inside = (x: number, y: number) => boolean;

const shapes: { readonly [name: string]: Inside } = {
  circle: (x, y) => Math.hypot(x, y) <= 1,
  square: (x, y) => Math.max(Math.abs(x), Math.abs(y)) <= 0.85,
  triangle: (x, y) => y <= 0.9 && 2 * Math.abs(x) <= y + 1,
  diamond: (x, y) => Math.abs(x) + Math.abs(y) <= 1,
  ring: (x, y) => Math.hypot(x, y) <= 1 && Math.hypot(x, y) >= 0.5,
  cross: (x, y) => Math.min(Math.abs(x), Math.abs(y)) <= 0.32 && Math.max(Math.abs(x), Math.abs(y)) <= 0.95,
  heart: (x, y) => (x * x * 1.3 + (0.25 - 1.25 * y) ** 2 - 1) ** 3 <= 1.5 * x * x * (0.25 - 1.25 * y) ** 3,
  moon: (x, y) => Math.hypot(x - 0.15, y) <= 1 && Math.hypot(x - 0.65, y) > 0.75,
};

const CELL = 32;
/** Points per pixel and axis at which a shape is asked for, so that its edge is smooth. */
const SAMPLES = 8;

/** Eight shapes in eight colours, drawn by formula: sprites that need no file, no package and no network. */
export const shapeSheet = (): SpriteSheet => {
  const names = Object.keys(shapes).flatMap((shape) => backgrounds.map(({ name }) => `${name} ${shape}`));
  const pixels = new Uint8Array(names.length * CELL * CELL * 4);
  let at = 0;
  for (const inside of Object.values(shapes)) {
    const covered = coverage(inside);
    for (const { rgb } of backgrounds)
      for (const share of covered) {
        for (const level of rgb) pixels[at++] = Math.round(level * share);
        pixels[at++] = Math.round(255 * share);
      }
  }
  return {
    names,
    cell: CELL,
    pixels,
    provenance: { name: "shapes", package: null, licence: "MIT", files: [], renderer: "formula", pixelsSha256: null },
  };
};

/** Endless scenes of coloured shapes, such as "a red circle left of a blue square on a white background". */
export const shapeScenes = (options: ImageOptions): SceneSource => scenes(shapeSheet(), options);

/** The share of every pixel, `[CELL, CELL]`, that a shape covers. */
const coverage = (inside: Inside): Float64Array => {
  const covered = new Float64Array(CELL * CELL);
  const side = CELL * SAMPLES;
  const toUnit = (sample: number) => (2 * (sample + 0.5)) / side - 1;
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++)
      if (inside(toUnit(x), toUnit(y)))
        covered[Math.floor(y / SAMPLES) * CELL + Math.floor(x / SAMPLES)]! += SAMPLES ** -2;
  return covered;
};
