import { fileURLToPath } from "node:url";
import { Resvg } from "@resvg/resvg-js";

/** The faces that figures are set in: Inter regular, medium and semibold (SIL Open Font License 1.1). */
export const fontFiles: readonly string[] = ["400Regular", "500Medium", "600SemiBold"].map((weight) =>
  fileURLToPath(import.meta.resolve(`@expo-google-fonts/inter/${weight}/Inter_${weight}.ttf`)),
);

export interface PngOptions {
  /** Pixels per SVG unit; 2 by default, for screens of high density and for print. */
  readonly scale?: number;
  /** More TrueType or OpenType files, for captions in scripts that Inter does not cover (it has Latin, Greek, Cyrillic). */
  readonly moreFonts?: readonly string[];
}

/**
 * Rasterises a figure. System fonts are never used, so the same SVG gives the same bytes on every machine.
 * @throws TypeError when `svg` is not well-formed.
 */
export const renderPng = (svg: string, { scale = 2, moreFonts = [] }: PngOptions = {}): Uint8Array => {
  if (!(scale > 0) || !Number.isFinite(scale)) throw new RangeError(`scale: expected a number above 0, got ${scale}`);
  try {
    const font = { fontFiles: [...fontFiles, ...moreFonts], loadSystemFonts: false, defaultFontFamily: "Inter" };
    return new Resvg(svg, { font, fitTo: { mode: "zoom", value: scale } }).render().asPng();
  } catch (cause) {
    throw new TypeError(`renderPng: the SVG could not be read: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
};
