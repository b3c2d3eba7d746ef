import { type DataSource, sourceSpec, sources } from "@isoflop/data";
import { read } from "@isoflop/spec";
import type { DataSpec } from "@isoflop/sweep";
import { inputError } from "../../exit.js";
import { rooted } from "../../files/rooted.js";
import type { ResolvedStudy } from "./read.js";
import type { StudyFile } from "./schema.js";

/** How a study's data are opened. */
export type OpenData = (spec: DataSpec) => Promise<DataSource>;

/**
 * The record of a study's data, its paths from the root on: a run is trained from any folder.
 * @throws CliError for a text that names no source
 */
export const dataOf = ({ file, base, name }: Pick<ResolvedStudy, "file" | "base" | "name">): DataSpec => {
  const error = (message: string) => inputError(`${name}: ${message}`);
  return read(sources.schema, rooted(written(file.data, error), base), { name: "data", error });
};

const written = (data: StudyFile["data"], error: (message: string) => Error): unknown => {
  if (typeof data !== "string") return data;
  try {
    return sourceSpec(data);
  } catch (cause) {
    throw error((cause as Error).message);
  }
};
