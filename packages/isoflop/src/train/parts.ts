import type { DataSource } from "@isoflop/data";
import { read, text } from "@isoflop/spec";
import type { DataSpec, MetricRequest } from "@isoflop/sweep";
import * as v from "valibot";
import { inputError } from "../exit.js";
import { rooted } from "../files/rooted.js";
import { loadModule, resolveModules, runPositions } from "../modules/index.js";
import { metricRequests } from "../modules/metrics.js";

type Loose = Readonly<Record<string, unknown>>;

const lists = v.looseObject({
  modules: v.optional(v.array(text, "a list of modules"), []),
  metrics: v.optional(v.array(v.unknown(), "a list of metrics"), []),
});

/** What stands beside a run in its file: modules whose parts it may name, and what is measured of it. */
export interface WithParts {
  /** The spec alone, its parts by their names. */
  readonly given: Loose;
  readonly metrics: readonly MetricRequest[];
}

/**
 * Loads the modules that a written spec lists or asks for.
 * @param base the folder that their paths start from
 * @throws ModuleError, TrainError, CliError naming the field or file and what would be right
 */
export const withParts = async (
  written: Loose,
  base: string,
  openData: (spec: DataSpec) => Promise<DataSource>,
): Promise<WithParts> => {
  const { modules: files, metrics } = read(lists, written, { name: "spec", error: inputError });
  // As it was written: valibot leaves out names that every object answers to, and these are to be told.
  const { modules: _, metrics: __, ...spec } = written;
  for (const file of files) await loadModule(file, base);
  const { value } = await resolveModules<Loose>(spec, runPositions, base);
  // A run is trained, measured and drawn from in any folder.
  const given = value.data === undefined ? value : { ...value, data: rooted(value.data, base) };
  return { given, metrics: await metricRequests(metrics, { base, openData }) };
};
