import { resolve } from "node:path";
import { type DataSpec, type RunSpec, seededData } from "@isoflop/sweep";
import { loadModule, ModuleError } from "../modules/index.js";
import { dataOf } from "./file/data.js";
import type { StudyFile } from "./file/schema.js";
import { layoutOf } from "./layout.js";
import type { Manifest } from "./manifest.js";

/** A study's folder with its manifest, if it has one. */
interface Studied {
  readonly path: string;
  readonly manifest: Manifest | undefined;
}

/**
 * Loads the modules of a study from where they are now: its runs say where they were when they were planned. Those that cannot be loaded
 * are left to whoever needs them.
 */
export const loadModulesOf = async ({ path, manifest }: Studied): Promise<void> => {
  for (const { path: file } of manifest?.modules ?? [])
    await loadModule(file, path).catch((error: unknown) => {
      if (!(error instanceof ModuleError)) throw error;
    });
};

/** The data of a study's run where they are now. @throws CliError for a manifest whose data are none */
export const dataNow = ({ path, manifest }: Studied, { data, seed }: RunSpec): DataSpec => {
  if (manifest?.base === undefined) return data;
  const file = manifest.file as StudyFile;
  return seededData(dataOf({ file, base: resolve(path, manifest.base), name: layoutOf(path).manifest }), seed);
};
