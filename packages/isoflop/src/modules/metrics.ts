import type { DataSource } from "@isoflop/data";
import { type DataSpec, type MetricRequest, metricRequest } from "@isoflop/sweep";
import { metricSpec } from "@isoflop/train";
import type { LoadedModule } from "./load.js";
import { type Position, resolveModules } from "./resolve.js";
import { usedModules } from "./used.js";

const positions: readonly Position[] = [{ path: ["metrics", "*"], sort: "metric" }];

/**
 * Metrics as they are asked of runs, from a list of records as one writes them, each with the modules and the data that decide it.
 * @param modules those that are known beside the ones that the records ask for
 * @throws TrainError `spec`, ModuleError naming the field and what would be right
 */
export const metricRequests = async (
  metrics: readonly unknown[],
  { base, openData, modules = [] }: MetricOptions,
): Promise<readonly MetricRequest[]> => {
  const resolved = await resolveModules({ metrics }, positions, base);
  const known = [...modules, ...resolved.modules];
  const requests: MetricRequest[] = [];
  for (const given of resolved.value.metrics) {
    const metric = metricSpec(given as Parameters<typeof metricSpec>[0]);
    const used = usedModules({ metrics: [metric] }, positions, known).map(({ path, digest }) => ({ path, digest }));
    const other = metric.data as DataSpec | undefined;
    requests.push(metricRequest(metric, { modules: used, ...(other && { data: await openData(other) }) }));
  }
  return requests;
};

export interface MetricOptions {
  /** The folder that paths of modules start from. */
  readonly base: string;
  readonly openData: (spec: DataSpec) => Promise<DataSource>;
  readonly modules?: readonly LoadedModule[];
}
