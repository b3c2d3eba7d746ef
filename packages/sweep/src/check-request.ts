import type { DataSource, DataSpec } from "@isoflop/data";
import { checkMeasurable } from "@isoflop/train";
import { keptStep } from "./measured-weights.js";
import { type MetricRequest, otherData } from "./measurement.js";
import type { RunSpec } from "./spec.js";
import { trainingOf } from "./task.js";

/**
 * Whether a run that is planned can be measured as it is asked for: better told now than after it was trained.
 * @throws TrainError `data` if data do not fit its model or have too few images, `spec` for what it is not trained for; SweepError `spec` for a share of
 * the run after which it keeps no snapshot
 */
export const checkRequest = async (
  spec: RunSpec,
  { metric, at = 1 }: MetricRequest,
  openData: (data: DataSpec) => Promise<DataSource>,
): Promise<void> => {
  if (at !== 1) keptStep(spec, at);
  checkMeasurable(metric, { spec: trainingOf(spec), data: await openData(otherData(metric) ?? spec.data) });
};
