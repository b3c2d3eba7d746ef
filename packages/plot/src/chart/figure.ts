import type { Drawing, FigureOptions } from "./chart.js";
import { compose, panelWidth, standalone } from "./compose.js";

/** What is drawn of a record, and what stands below it. */
export interface Figure {
  readonly caption: string;
  /**
   * SVG text.
   * @throws PlotInputError naming what cannot be drawn
   */
  readonly draw: (options?: FigureOptions) => string;
}

/** A figure whose drawing is as wide as the options say, or as `width`. */
export const figure = (
  caption: string,
  width: number,
  drawing: (width: number, options: FigureOptions) => Drawing,
): Figure => ({
  caption,
  draw: (options = {}) => standalone(options, (inner) => drawing(inner.width ?? width, inner)),
});

/** Figures side by side, or below each other on narrow widths, as one. */
export const panels = (
  { caption, description, columns }: PanelSpec,
  drawings: readonly ((width: number, options: FigureOptions) => Drawing)[],
  width = 1140,
): Figure =>
  figure(caption, width, (wide, options) => {
    const count = columns(wide);
    const each = panelWidth(wide, count);
    return compose(
      drawings.map((draw) => draw(each, options)),
      { ...options, columns: count, description },
    );
  });

interface PanelSpec {
  readonly caption: string;
  readonly description: string;
  /** How many stand side by side in a width. */
  readonly columns: (width: number) => number;
}
