import { collapseFigure } from "@isoflop/plot";
import type { Collapse } from "@isoflop/scaling";
import type { Page } from "../page/page.js";

/** The normalised curves and their distances; a refused collapse has only its words. */
export const collapsePage = (collapse: Collapse | undefined): Page => ({
  title: "Collapse of training curves",
  figures: [collapse && collapseFigure(collapse)],
});
