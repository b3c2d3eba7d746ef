import { cardOf, type MetricRequest, measurementName, type RunStore } from "@isoflop/sweep";
import type { DoneRun } from "../runs/point.js";
import type { Measured } from "./document.js";

/** What was asked of runs and is known of them, by id. Numbers of another card, as of another version of a metric, are not what was asked. */
export const measuredOf = async (
  runs: readonly DoneRun[],
  requests: readonly MetricRequest[],
  store: RunStore,
): Promise<ReadonlyMap<string, Measured>> => {
  const found = new Map<string, Measured>();
  if (requests.length === 0) return found;
  for (const { id, spec } of runs) {
    const asked = new Set(requests.map((request) => measurementName(cardOf(spec, request))));
    const own = (await store.measurements(id)).filter(({ card }) => asked.has(measurementName(card)));
    const errors = own.flatMap(({ name, stdErr }) => (stdErr === undefined ? [] : [[name, stdErr] as const]));
    found.set(id, {
      metrics: Object.fromEntries(own.map(({ name, value }) => [name, value])),
      standardErrors: Object.fromEntries(errors),
    });
  }
  return found;
};
