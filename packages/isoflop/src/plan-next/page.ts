import { nextRunsFigure, type PlannedRuns } from "@isoflop/plot";
import type { Plan } from "@isoflop/scaling";
import type { Page } from "../page/page.js";
import type { LoadedRuns } from "../runs/load.js";
import { pointOf, pointsOf } from "../runs/point.js";
import type { RoundsDone } from "./rounds.js";

/** The plan in the plane of compute and size; runs so far are drawn where a table was given. */
export const planPage = (plan: Plan, loaded: LoadedRuns | undefined): Page => ({
  title: "The next runs",
  figures: [plan.runs.length > 0 && nextRunsFigure(plan, { runs: loaded?.runs ?? [] })],
});

/** The runs that were planned and trained, beside those from which they were planned; without any, the plan. */
export const roundsPage = ({ rounds, done, plan, surface }: RoundsDone): Page => {
  const planned = new Set(rounds.rounds.flatMap(({ runs }) => runs.map(({ id }) => id)));
  const before = pointsOf(done.filter(({ id }) => !planned.has(id)));
  const trained = done.filter(({ id }) => planned.has(id)).map((run) => ({ ...pointOf(run), count: 1 }));
  const drawn: PlannedRuns | undefined =
    trained.length > 0
      ? {
          target: rounds.target,
          runs: trained,
          evenGrid: [],
          surface,
        }
      : plan;
  return {
    title: "The next runs",
    figures: [drawn && drawn.runs.length > 0 && nextRunsFigure(drawn, { runs: before })],
  };
};
