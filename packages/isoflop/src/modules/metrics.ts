import type { DataSource } from "@isoflop/data";
import { number, read } from "@isoflop/spec";
import { type DataSpec, extractorContent, type MetricRequest, metricRequest, otherData } from "@isoflop/sweep";
import { metricSpec } from "@isoflop/train";
import * as v from "valibot";
import { inputError } from "../exit.js";
import { rooted } from "../files/rooted.js";
import { type Position, resolveModules } from "./resolve.js";
import { usedModules } from "./used.js";

const positions: readonly Position[] = [{ path: ["metrics", "*"], sort: "metric" }];

/** Shares of a run after which a metric is measured: one, or several. */
const shares = v.optional(
  v.union(
    [
      number({ above: 0, atMost: 1 }),
      v.pipe(v.array(number({ above: 0, atMost: 1 })), v.minLength(1, "a list of at least one share")),
    ],
    "a share of the run above 0 and of at most 1, or a list of some",
  ),
  1,
);

/** A metric's record without the shares of a run after which it is measured, and these. */
const apart = (given: unknown) => {
  const { at, ...metric } = (given ?? {}) as { readonly at?: unknown };
  const asked = read(shares, at, { name: "metric.at", error: inputError });
  return { metric: metric as Parameters<typeof metricSpec>[0], at: [asked].flat() };
};

/**
 * Metrics as they are asked of runs, from a list of records as one writes them, each with the modules, the data and the extractor that decide it. A record
 * with several shares of a run, as `at`, is a request for each.
 * @throws TrainError `spec`, ModuleError naming the field and what would be right; what an extractor throws whose weights cannot be had
 */
export const metricRequests = async (
  metrics: readonly unknown[],
  { base, openData }: MetricOptions,
): Promise<readonly MetricRequest[]> => {
  const { value } = await resolveModules({ metrics }, positions, base);
  const requests: MetricRequest[] = [];
  for (const given of value.metrics) {
    const { metric: written, at: all } = apart(withData(given, base));
    const metric = metricSpec(written);
    const modules = usedModules({ metrics: [metric] }, positions);
    const other = otherData(metric);
    const decisive = { modules, extractor: await extractorContent(metric), data: other && (await openData(other)) };
    for (const at of all) requests.push(metricRequest(metric, { ...decisive, at }));
  }
  return requests;
};

/** @throws TrainError `spec` for a record that is no metric's, whose modules are loaded; CliError for no shares of a run */
export const checkMetric = (given: unknown): void => void metricSpec(apart(given).metric);

/** Its other data from the root on, as it may be measured from any folder. */
const withData = (metric: unknown, base: string): unknown => {
  const { data } = (metric ?? {}) as { readonly data?: unknown };
  return data === undefined ? metric : { ...(metric as object), data: rooted(data, base) };
};

export interface MetricOptions {
  /** The folder that paths of modules and data start from. */
  readonly base: string;
  readonly openData: (spec: DataSpec) => Promise<DataSource>;
}
