import { nextRunsFigure } from "@isoflop/plot";
import type { Plan } from "@isoflop/scaling";
import type { Page } from "../page/page.js";
import type { LoadedRuns } from "../runs/load.js";

/** The plan in the plane of compute and size; runs so far are drawn where a table was given. */
export const planPage = (plan: Plan, loaded: LoadedRuns | undefined): Page => ({
  title: "The next runs",
  figures: [plan.runs.length > 0 && nextRunsFigure(plan, { runs: loaded?.runs ?? [] })],
});
