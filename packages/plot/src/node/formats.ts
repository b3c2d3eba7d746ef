import { join } from "node:path";
import { renderPng } from "./png.js";

/** Ending of a figure's file. */
export type FigureFormat = "svg" | "png" | "pdf";

/** How a figure becomes a file, by the file's ending. */
const writers: Readonly<Record<FigureFormat, (svg: string) => string | Uint8Array | Promise<Uint8Array>>> = {
  svg: (svg: string) => svg,
  png: (svg: string) => renderPng(svg),
  // Loaded where it is asked for: fonts take a while to read.
  pdf: async (svg: string) => (await import("./pdf.js")).renderPdf(svg),
};

export const figureFormats = Object.keys(writers) as readonly FigureFormat[];

/** Puts a whole file in place. */
export type WriteFile = (path: string, content: string | Uint8Array) => Promise<void>;

/**
 * Writes figures into a folder that is there, each in every format.
 * @param figures SVG text by file name without ending, as `allFigures` gives it
 * @returns the paths written
 */
export const writeFigures = async (
  figures: Readonly<Record<string, string>>,
  folder: string,
  formats: readonly FigureFormat[],
  write: WriteFile,
): Promise<string[]> => {
  const paths: string[] = [];
  for (const [name, svg] of Object.entries(figures)) {
    for (const format of formats) {
      const path = join(folder, `${name}.${format}`);
      await write(path, await writers[format](svg));
      paths.push(path);
    }
  }
  return paths;
};
