import type { TimedRun } from "@isoflop/plot";
import type { MetricSpec } from "@isoflop/train";

/** Numbers of a run, by their names. */
export type Measured = Pick<TimedRun, "metrics" | "standardErrors">;

/** What is measured of runs, by id, and what each metric is, by its name. */
export interface MeasuredRuns {
  readonly numbers: ReadonlyMap<string, Measured>;
  readonly metrics: ReadonlyMap<string, MetricSpec>;
}
