import { linkFigure } from "@isoflop/plot";
import type { FitPrediction, LinkFit } from "@isoflop/scaling";
import type { Page } from "../../page/page.js";

/** The link with its points; a refused fit has only its words. */
export const linkPage = (fit: LinkFit | undefined): Page => ({
  title: fit ? `${fit.names.y} from ${fit.names.x}` : "Link",
  figures: fit ? [linkFigure(fit)] : [],
});

/** The link with what was asked of it. */
export const linkAsked = (fit: LinkFit, asked: readonly FitPrediction[]): Page["figures"] => [
  linkFigure(fit, { asked }),
];
