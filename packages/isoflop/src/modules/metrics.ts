import type { DataSource } from "@isoflop/data";
import { type DataSpec, type MetricRequest, metricRequest } from "@isoflop/sweep";
import { metricSpec } from "@isoflop/train";
import { rooted } from "../files/rooted.js";
import { type Position, resolveModules } from "./resolve.js";
import { usedModules } from "./used.js";

const positions: readonly Position[] = [{ path: ["metrics", "*"], sort: "metric" }];

/**
 * Metrics as they are asked of runs, from a list of records as one writes them, each with the modules and the data that decide it.
 * @throws TrainError `spec`, ModuleError naming the field and what would be right
 */
export const metricRequests = async (
  metrics: readonly unknown[],
  { base, openData }: MetricOptions,
): Promise<readonly MetricRequest[]> => {
  const { value } = await resolveModules({ metrics }, positions, base);
  const requests: MetricRequest[] = [];
  for (const given of value.metrics) {
    const metric = metricSpec(withData(given, base) as Parameters<typeof metricSpec>[0]);
    const modules = usedModules({ metrics: [metric] }, positions);
    const other = metric.data as DataSpec | undefined;
    requests.push(metricRequest(metric, { modules, ...(other && { data: await openData(other) }) }));
  }
  return requests;
};

/** @throws TrainError `spec` for a record that is no metric's, whose modules are loaded */
export const checkMetric = (metric: unknown): void => void metricSpec(metric as Parameters<typeof metricSpec>[0]);

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
