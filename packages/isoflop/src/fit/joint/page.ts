import { jointFigure } from "@isoflop/plot";
import type { FitPrediction, JointFit } from "@isoflop/scaling";
import type { Page } from "../../page/page.js";
import { type LoadedRuns, ofQuantity } from "../../runs/load.js";

/** The optimum by all isoFLOP curves at once; a refused fit has only its words. */
export const jointPage = (loaded: LoadedRuns, fit: JointFit | undefined): Page => ({
  title: "All isoFLOP curves in one fit",
  figures: fit ? [jointFigure(fit, ofQuantity(loaded, fit.quantity).runs)] : [],
});

export const jointAsked = (
  fit: JointFit,
  asked: readonly FitPrediction[],
  loaded: LoadedRuns | undefined,
): Page["figures"] => [jointFigure(fit, loaded ? ofQuantity(loaded, fit.quantity).runs : [], { asked })];
