import { type DataSource, type DataSpec, fingerprint } from "@isoflop/data";
import { canonicalJson } from "@isoflop/spec";
import { type Device, leavesOf, random } from "@isoflop/tensor";
import { averagedWeights, buildObjective, measure, modelOf, packTree, type TrainError } from "@isoflop/train";
import { checkContent } from "./checked-data.js";
import { SweepError } from "./errors.js";
import { cardOf, type MetricRequest, measurementLabel, otherData, type RunMeasurement } from "./measurement.js";
import { idOf, type RunSpec } from "./spec.js";
import type { RunFiles } from "./store.js";
import { trainingOf } from "./task.js";

export interface MeasureContext {
  readonly run: Pick<RunFiles, "checkpoints" | "measured">;
  readonly signal: AbortSignal;
  /** Told the metric before it is measured. */
  readonly onMetric?: ((kind: string) => void) | undefined;
  readonly onRejected?: ((error: TrainError) => void) | undefined;
}

export interface MeasureOptions {
  readonly device: Device;
  readonly openData: (spec: DataSpec) => Promise<DataSource>;
}

/**
 * Measures a run that is done, from its last checkpoint, and keeps each number as soon as it is there.
 * @throws SweepError `record` if the last checkpoint is gone, `data` if data are not those that the run or the request names;
 * what a metric throws
 */
export const measureRun = async (
  spec: RunSpec,
  requests: readonly MetricRequest[],
  { device, openData, run, signal, onMetric, onRejected }: MeasureOptions & MeasureContext,
): Promise<readonly RunMeasurement[]> => {
  const training = trainingOf(spec);
  const { checkpoint, rejected } = await run.checkpoints.latest();
  for (const error of rejected) onRejected?.(error);
  if (checkpoint?.step !== spec.steps || checkpoint.spec !== canonicalJson(training))
    throw new SweepError(
      "record",
      `run ${idOf(spec)} has no checkpoint of its last step, ${spec.steps}, to be measured from; remove its folder to train it again`,
    );
  const model = modelOf(training);
  const weights = averagedWeights(checkpoint, packTree(model.init(random.key(0))), device);
  const fixed = { weights, spec: training, model, objective: buildObjective(spec.objective), device, signal };
  const measured: RunMeasurement[] = [];
  try {
    for (const request of requests) {
      signal.throwIfAborted();
      const { metric, content } = request;
      onMetric?.(metric.kind);
      const other = otherData(metric);
      const data = await openData(other ?? spec.data);
      if (other === undefined) checkContent(data, spec);
      else checkOther(data, request);
      const started = performance.now();
      const found = await measure(metric, { ...fixed, data });
      const seconds = (performance.now() - started) / 1000;
      const name = measurementLabel(metric);
      const record = {
        name,
        metric,
        card: cardOf(spec, { metric, content }),
        ...found,
        seconds,
        device: device.description,
      };
      await run.measured(record);
      measured.push(record);
    }
  } finally {
    for (const tensor of leavesOf(weights)) tensor.dispose();
  }
  return measured;
};

const checkOther = (data: DataSource, { metric, content }: MetricRequest): void => {
  const found = fingerprint(data).content;
  if (found !== content.data)
    throw new SweepError(
      "data",
      `${data.name} is not the data that the metric "${metric.kind}" was asked for on: its content is ${found} and the request's is ${content.data}; ask again, or bring the data back as they were`,
    );
};
