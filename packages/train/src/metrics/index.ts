import { kinds, number, record, type SpecIn, whole } from "@isoflop/spec";
import * as v from "valibot";
import { check } from "../errors.js";
import { checkData } from "../model.js";
import type { Measurement, MetricInputs } from "./metric.js";
import { nll } from "./nll.js";
import { validation } from "./validation.js";
import { vlb } from "./vlb.js";

/** Metrics by name: quantities of trained models. One of this package is a file here and its place in the list; one from outside is an `add`. */
export const metrics = kinds("metric", [validation, nll, vlb]);

/** The record of a metric. */
export type MetricSpec = SpecIn<typeof metrics>;

/** A metric's record with its defaults. @throws TrainError `spec` naming the field, its value and what would be right */
export const metricSpec = (input: v.InferInput<typeof metrics.schema>): MetricSpec =>
  check(metrics.schema, input, "metric");

const measurement = record({
  value: number(),
  stdErr: v.optional(number({ atLeast: 0 })),
  count: whole({ atLeast: 1 }),
});

/**
 * Measures a trained model.
 * @throws TrainError `data` if data and model do not fit, `spec` for a metric that gives no finite number; what the metric throws
 */
export const measure = async (metric: MetricSpec, inputs: MetricInputs): Promise<Measurement> => {
  const built = metrics.build(metric);
  checkData(inputs.spec, inputs.data);
  const { value, stdErr, count } = check(measurement, await built.measure(inputs), `the metric "${metric.kind}"`);
  return { value, count, ...(stdErr !== undefined && { stdErr }) };
};
