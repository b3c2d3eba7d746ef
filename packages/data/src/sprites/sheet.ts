import type { Provenance } from "../source.js";

/** Named drawings of one size with transparency, the material of scenes. */
export interface SpriteSheet {
  /** What each sprite is called in captions: one or more lower-case words separated by single spaces; unique. */
  readonly names: readonly string[];
  /** Width and height of every sprite in pixels. */
  readonly cell: number;
  /** `[names.length, cell, cell, 4]`, red, green, blue already multiplied by alpha, in 0 … 255. */
  readonly pixels: Uint8Array;
  readonly provenance: Provenance;
}

/** @throws Error when the parts of a sheet do not fit together */
export const checkSheet = (sheet: SpriteSheet): void => {
  const { names, cell, pixels } = sheet;
  if (!Number.isInteger(cell) || cell < 1)
    throw new Error(`sprite sheet: cell is ${cell}, it must be a whole number of pixels`);
  if (pixels.length !== names.length * cell * cell * 4)
    throw new Error(
      `sprite sheet: ${pixels.length} pixel bytes, but ${names.length} sprites of ${cell} px need ${names.length * cell * cell * 4}`,
    );
  if (new Set(names).size !== names.length) throw new Error("sprite sheet: two sprites have the same name");
};

/** The sheet with only the named sprites, in the given order: a small sheet for a browser page or a test. */
export const selectSprites = (sheet: SpriteSheet, names: readonly string[]): SpriteSheet => {
  const bytes = sheet.cell * sheet.cell * 4;
  const pixels = new Uint8Array(names.length * bytes);
  names.forEach((name, i) => {
    const from = sheet.names.indexOf(name);
    if (from < 0) throw new RangeError(`sprite sheet ${sheet.provenance.name}: there is no sprite "${name}"`);
    pixels.set(sheet.pixels.subarray(from * bytes, (from + 1) * bytes), i * bytes);
  });
  return { names: [...names], cell: sheet.cell, pixels, provenance: sheet.provenance };
};
