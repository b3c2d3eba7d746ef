import {
  cardOf,
  type MetricRequest,
  measurementLabel,
  measurementName,
  type RunMeasurement,
  type RunStore,
} from "@isoflop/sweep";
import { contentOf } from "../runs/alike.js";
import { unlikeCards } from "../runs/cards.js";
import type { DoneRun } from "../runs/point.js";
import type { Measured } from "./document.js";
import type { MeasuredRuns } from "./metrics.js";

/** What was asked of runs and is known of them, by id. Numbers of another card, as of another version of a metric, are not what was asked. */
export const measuredOf = async (
  runs: readonly DoneRun[],
  requests: readonly MetricRequest[],
  store: RunStore,
): Promise<MeasuredRuns> => {
  const found = new Map<string, Measured>();
  const metrics = new Map(
    requests.flatMap(({ metric, at }) => (at === undefined ? [[measurementLabel(metric), metric] as const] : [])),
  );
  if (requests.length === 0) return { numbers: found, metrics };
  for (const { id, spec } of runs) {
    const asked = new Set(requests.map((request) => measurementName(cardOf(spec, request))));
    const own = (await store.measurements(id)).filter(({ card }) => asked.has(measurementName(card)));
    found.set(id, numbersOf(own));
  }
  return { numbers: found, metrics };
};

/**
 * All that was measured of runs, by id. Numbers of one name with unlike cards are none that one law joins: they are left out, and `onNote` is told.
 */
export const measuredIn = async (
  runs: readonly DoneRun[],
  store: RunStore,
  onNote: (note: string) => void,
): Promise<MeasuredRuns> => {
  const all: (readonly [DoneRun, readonly RunMeasurement[]])[] = [];
  for (const run of runs) all.push([run, await store.measurements(run.id)]);
  const names = new Set(all.flatMap(([, own]) => own.map(({ name }) => name)));
  for (const name of [...names]) {
    const numbers = all.flatMap(([run, own]) =>
      own.flatMap(({ name: called, metric, card }) =>
        called === name ? [{ run: run.id, metric, card, content: contentOf(run), objective: run.spec.objective }] : [],
      ),
    );
    const unlike = unlikeCards(numbers);
    if (unlike === undefined) continue;
    names.delete(name);
    onNote(`${name} is left out, as it is not one number: ${unlike}`);
  }
  const known = all.map(([{ id }, own]) => [id, own.filter(({ name }) => names.has(name))] as const);
  return {
    numbers: new Map(known.map(([id, own]) => [id, numbersOf(own)])),
    metrics: new Map(
      known.flatMap(([, own]) =>
        own.flatMap(({ name, metric, card }) => (card.at === undefined ? [[name, metric]] : [])),
      ),
    ),
  };
};

const numbersOf = (own: readonly RunMeasurement[]): Measured => ({
  metrics: Object.fromEntries(own.map(({ name, value }) => [name, value])),
  standardErrors: Object.fromEntries(own.flatMap(({ name, stdErr }) => (stdErr === undefined ? [] : [[name, stdErr]]))),
});
