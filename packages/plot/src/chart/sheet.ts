import type { DataRow } from "./data.js";
import { lightTheme, type Theme } from "./theme.js";

/** Inter has every glyph that figures use; the rest are faces with the same proportions that systems carry. */
export const fontFamily = "Inter, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";

export interface FigureOptions {
  /** Builds the elements; the page's own by default, `document` of "@isoflop/plot/node" in Node. */
  readonly document?: Document;
  readonly theme?: Theme;
  /** Pixels, margin included; below 480 a figure is drawn for a phone. */
  readonly width?: number;
  /** Set above the figure. */
  readonly title?: string;
}

/** How wide and in which colours a drawing is made. */
export interface Look {
  readonly theme: Theme;
  readonly width: number;
  /** Whether it is as narrow as on a phone. */
  readonly small: boolean;
}

/** What a drawing is made on. */
export interface Sheet extends Look {
  readonly document: Document;
}

/** A sheet of a width in pixels. */
export const sheetOf = (
  { document = globalThis.document, theme = lightTheme }: FigureOptions,
  width: number,
): Sheet => {
  if (!document)
    throw new TypeError('A figure needs a document: in Node, pass { document } from "@isoflop/plot/node".');
  return { document, theme, width, small: width < 480 };
};

/** A finished picture and its size in pixels. */
export interface Drawing {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
  /** What it shows, for readers who do not see it. */
  readonly description: string;
}

/** How a picture is drawn, and the numbers of which, if it has any. */
export interface Draw {
  (sheet: Sheet): Drawing;
  readonly rows?: (look: Look) => readonly DataRow[];
}

/** A picture that is drawn by hand, with the numbers that it shows. */
export const withRows = (draw: (sheet: Sheet) => Drawing, rows: readonly DataRow[]): Draw =>
  Object.assign((sheet: Sheet) => draw(sheet), { rows: () => rows });
