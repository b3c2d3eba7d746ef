import { coverage } from "./coverage.js";
import type { SpriteSheet } from "./sheet.js";

/** A sheet at another cell size; each new pixel is the mean over the area it covers. */
export const resizeSheet = (sheet: SpriteSheet, cell: number): SpriteSheet => {
  if (!Number.isInteger(cell) || cell < 1 || cell > sheet.cell)
    throw new RangeError(
      `sprite sheet: cannot resize ${sheet.cell} px sprites to ${cell} px, only to 1 … ${sheet.cell}`,
    );
  return { ...sheet, cell, pixels: resample(sheet, cell) };
};

/**
 * Sprites of a sheet averaged by area, `[n, size, size, 4]`. Colours are premultiplied, so transparent pixels do not bleed.
 * Two passes, columns then rows, in double precision: the result is the same on every machine.
 */
export const resample = (sheet: SpriteSheet, size: number): Uint8Array => {
  const { cell, names, pixels } = sheet;
  if (size === cell) return pixels;
  const spans = coverage(cell, size);
  const out = new Uint8Array(names.length * size * size * 4);
  const columns = new Float64Array(cell * size * 4);
  const rows = new Float64Array(size * size * 4);
  for (let sprite = 0; sprite < names.length; sprite++) {
    const from = sprite * cell * cell * 4;
    columns.fill(0);
    rows.fill(0);
    for (const { target, source, weight } of spans)
      for (let y = 0; y < cell; y++) {
        const old = from + (y * cell + source) * 4;
        const column = (y * size + target) * 4;
        for (let c = 0; c < 4; c++) columns[column + c]! += weight * pixels[old + c]!;
      }
    for (const { target, source, weight } of spans)
      for (let i = 0; i < size * 4; i++) rows[target * size * 4 + i]! += weight * columns[source * size * 4 + i]!;
    for (let i = 0; i < rows.length; i++) out[sprite * rows.length + i] = Math.round(rows[i]!);
  }
  return out;
};
