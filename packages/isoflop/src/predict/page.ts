import type { FitPrediction, LinkFit } from "@isoflop/scaling";
import type { Questions } from "../fit/kind.js";
import { type Fit, kindOf } from "../fit/kinds.js";
import type { Page } from "../page/page.js";
import type { LoadedRuns } from "../runs/load.js";

/** The fit with the questions asked of it, and the link that they went through; the runs are drawn where a table was given. */
export const predictionPage = async (
  fit: Fit | undefined,
  asked: readonly FitPrediction[],
  loaded: LoadedRuns | undefined,
  { link, ...questions }: Questions & { readonly link?: LinkFit | undefined } = {},
): Promise<Page> => ({
  title: "Prediction",
  figures: [
    ...(fit ? await kindOf(fit).figures(fit, asked, loaded, questions) : []),
    ...(link ? await kindOf(link).figures(link, asked, undefined, {}) : []),
  ],
});
