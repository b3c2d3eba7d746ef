import { scheduleFigure } from "@isoflop/plot";
import type { RateSchedule, ScheduleFit } from "@isoflop/scaling";
import type { Page } from "../../page/page.js";

/** The curves with the law; a refused fit has only its words. */
export const schedulePage = (fit: ScheduleFit | undefined): Page => ({
  title: "Loss under a learning-rate schedule",
  figures: fit ? [scheduleFigure(fit)] : [],
});

/** The curves with the loss under the schedules that were asked. */
export const scheduleAsked = (fit: ScheduleFit, schedules: readonly RateSchedule[]): Page["figures"] => [
  scheduleFigure(fit, { schedules }),
];
