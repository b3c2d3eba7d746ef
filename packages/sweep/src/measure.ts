import { type DataSource, type DataSpec, fingerprint } from "@isoflop/data";
import { type Device, leavesOf, random } from "@isoflop/tensor";
import { averagedWeights, buildObjective, measure, modelOf, packTree, type TrainError } from "@isoflop/train";
import { checkContent } from "./checked-data.js";
import { SweepError } from "./errors.js";
import { weightsAtEnd, weightsWithin } from "./measured-weights.js";
import {
  cardOf,
  extractorContent,
  type MetricRequest,
  measurementLabel,
  otherData,
  type RunMeasurement,
} from "./measurement.js";
import type { RunSpec } from "./spec.js";
import type { RunFiles } from "./store.js";
import { trainingOf } from "./task.js";

export interface MeasureContext {
  readonly run: Pick<RunFiles, "checkpoints" | "measured" | "features">;
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
 * Measures a run that is done, from its last checkpoint or a snapshot of before, and keeps each number as soon as it is there. Metrics that ask for pictures
 * alike are given the same ones, which are drawn once.
 * @throws SweepError `record` if the last checkpoint is gone, `data` if data or an extractor are not those that the run or the request names, `spec` for a
 * share of a run that kept no snapshot there; what a metric throws
 */
export const measureRun = async (
  spec: RunSpec,
  requests: readonly MetricRequest[],
  { device, openData, run, signal, onMetric, onRejected }: MeasureOptions & MeasureContext,
): Promise<readonly RunMeasurement[]> => {
  const training = trainingOf(spec);
  const model = modelOf(training);
  const packing = packTree(model.init(random.key(0)));
  const measured: RunMeasurement[] = [];
  for (const [at, asked] of byShare(requests)) {
    signal.throwIfAborted();
    const { average, remarks } =
      at === 1 ? await weightsAtEnd(spec, run, onRejected) : await weightsWithin(spec, at, run);
    const weights = averagedWeights(average, packing, device);
    const { features } = run;
    const fixed = {
      ...{ weights, spec: training, model, objective: buildObjective(spec.objective), device, signal },
      ...(features && { features }),
    };
    try {
      for (const request of asked) {
        signal.throwIfAborted();
        const { metric } = request;
        onMetric?.(metric.kind);
        const data = await dataOf(spec, request, openData);
        await checkExtractor(request);
        const started = performance.now();
        const found = await measure(metric, { ...fixed, data });
        const seconds = (performance.now() - started) / 1000;
        const all = [...(found.remarks ?? []), ...remarks];
        const record: RunMeasurement = {
          name: measurementLabel(metric, at),
          metric,
          card: { ...cardOf(spec, request), content: fingerprint(data).content },
          ...found,
          ...(all.length > 0 && { remarks: all }),
          seconds,
          device: device.description,
        };
        await run.measured(record);
        measured.push(record);
      }
    } finally {
      for (const tensor of leavesOf(weights)) tensor.dispose();
    }
  }
  return measured;
};

/** Requests by the share of the run after which they are measured, from its beginning on: those of one share are of the same weights. */
const byShare = (requests: readonly MetricRequest[]): readonly (readonly [number, readonly MetricRequest[]])[] => {
  const shares = new Map<number, MetricRequest[]>();
  for (const request of requests) {
    const { at = 1 } = request;
    shares.set(at, [...(shares.get(at) ?? []), request]);
  }
  return [...shares].sort(([a], [b]) => a - b);
};

/** The data that a metric is measured on. @throws SweepError `data` where they are not those that are named */
const dataOf = async (
  spec: RunSpec,
  { metric, content }: MetricRequest,
  openData: MeasureOptions["openData"],
): Promise<DataSource> => {
  const other = otherData(metric);
  const data = await openData(other ?? spec.data);
  if (other === undefined) {
    checkContent(data, spec);
    return data;
  }
  const found = fingerprint(data).content;
  if (found !== content.data)
    throw new SweepError(
      "data",
      `${data.name} is not the data that the metric "${metric.kind}" was asked for on: its content is ${found} and the request's is ${content.data}; ask again, or bring the data back as they were`,
    );
  return data;
};

/** @throws SweepError `data` where the weights that make features are not those that the request names */
const checkExtractor = async ({ metric, content }: MetricRequest): Promise<void> => {
  const [found, asked] = [await extractorContent(metric), content.extractor];
  const same = found?.name === asked?.name && found?.digest === asked?.digest;
  const told = (extractor: typeof found) =>
    extractor === undefined ? "none" : `${extractor.name} of weights ${extractor.digest || "none"}`;
  if (!same)
    throw new SweepError(
      "data",
      `the extractor here is not the one that the metric "${metric.kind}" was asked for with: it is ${told(found)} and the request's is ${told(asked)}; ask again, or bring the weights back as they were`,
    );
};
