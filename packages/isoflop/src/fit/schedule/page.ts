import { scheduleFigure } from "@isoflop/plot";
import type { FitPrediction, ScheduleFit } from "@isoflop/scaling";
import type { Page } from "../../page/page.js";

/** The curves with the law; a refused fit has only its words. */
export const schedulePage = (fit: ScheduleFit | undefined): Page => ({
  title: "Loss under a learning-rate schedule",
  figures: fit ? [scheduleFigure(fit)] : [],
});

/** The curves with the losses that were predicted. */
export const scheduleAsked = (fit: ScheduleFit, asked: readonly FitPrediction[]): Page["figures"] => [
  scheduleFigure(fit, { asked }),
];
