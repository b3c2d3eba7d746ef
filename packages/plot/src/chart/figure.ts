import { compose, standalone } from "./compose.js";
import type { Draw, FigureOptions } from "./sheet.js";

/** What is drawn of a record, and what stands below it. */
export interface Figure {
  readonly caption: string;
  /**
   * SVG text.
   * @throws PlotInputError naming what cannot be drawn
   */
  readonly draw: (options?: FigureOptions) => string;
}

/** A figure whose drawing is `width` pixels wide where no other width is asked for. */
export const figure = (caption: string, width: number, draw: Draw): Figure => ({
  caption,
  draw: (options = {}) => standalone(options, width, draw),
});

/**
 * Drawings side by side, or below each other on narrow widths, as one figure.
 * @param columns how many stand side by side in a width
 */
export const panels = ({ caption, description, width, columns }: PanelSpec, draws: readonly Draw[]): Figure =>
  figure(caption, width, (sheet) => compose(draws, columns(sheet.width), description, sheet));

interface PanelSpec {
  readonly caption: string;
  readonly description: string;
  readonly width: number;
  readonly columns: (width: number) => number;
}
