import { type FigureOptions, pageTheme } from "@isoflop/plot";
import { document } from "@isoflop/plot/node";

/** How a figure of a page is drawn at a width. */
export const onPage = (width: number): FigureOptions => ({ document, theme: pageTheme, width });
