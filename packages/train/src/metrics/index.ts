import { kinds, number, record, type SpecIn, text, whole } from "@isoflop/spec";
import * as v from "valibot";
import { check } from "../errors.js";
import { checkData } from "../model.js";
import { captionAccuracy } from "./caption-accuracy.js";
import { fd } from "./fd.js";
import { kid } from "./kid.js";
import { memorisation } from "./memorisation.js";
import type { Measurement, MetricInputs, PlannedInputs } from "./metric.js";
import { nll } from "./nll.js";
import { precision } from "./precision.js";
import { recall } from "./recall.js";
import { validation } from "./validation.js";
import { vlb } from "./vlb.js";

/** Metrics by name: quantities of trained models. One of this package is a file here and its place in the list; one from outside is an `add`. */
export const metrics = kinds("metric", [
  ...[validation, nll, vlb],
  ...[kid, fd, precision, recall, captionAccuracy, memorisation],
]);

/** The record of a metric. */
export type MetricSpec = SpecIn<typeof metrics>;

/** A metric's record with its defaults. @throws TrainError `spec` naming the field, its value and what would be right */
export const metricSpec = (input: v.InferInput<typeof metrics.schema>): MetricSpec =>
  check(metrics.schema, input, "metric");

const estimate = { value: number(), stdErr: v.optional(number({ atLeast: 0 })) };

/** The fields of a measurement. */
export const measurementFields = {
  ...estimate,
  count: whole({ atLeast: 1 }),
  parts: v.optional(v.record(text, record(estimate), "a record of estimates")),
  remarks: v.optional(v.array(text, "a list of texts")),
};

const measurement = record(measurementFields);

/** What is given of a record that has fields only where they are known. */
const given = <T extends object>(fields: T): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;

/**
 * Whether a metric can be measured of a run, as far as that is known before it is trained.
 * @throws TrainError `data` if data and model do not fit, or a split has too few images, `spec` for what the run is not trained for
 */
export const checkMeasurable = (metric: MetricSpec, planned: PlannedInputs): void => {
  checkData(planned.spec, planned.data);
  metrics.build(metric).check?.(planned);
};

/**
 * Measures a trained model.
 * @throws TrainError as {@link checkMeasurable}, `spec` for a metric that gives no finite number; what the metric throws
 */
export const measure = async (metric: MetricSpec, inputs: MetricInputs): Promise<Measurement> => {
  const built = metrics.build(metric);
  checkMeasurable(metric, inputs);
  return given(check(measurement, await built.measure(inputs), `the metric "${metric.kind}"`)) as Measurement;
};
