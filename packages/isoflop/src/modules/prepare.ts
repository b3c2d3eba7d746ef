import { existsSync } from "node:fs";
import type { ModuleContent } from "@isoflop/sweep";
import { ModuleError } from "./error.js";
import { type LoadedModule, loadedHere, loadModule } from "./load.js";

/**
 * Loads the modules of a run and holds them to what it was planned with. One that is gone from its place is the same wherever else it is loaded from.
 * @throws ModuleError for one that is not there or that has changed since; as `loadModule` does
 */
export const prepareModules = async (modules: readonly ModuleContent[]): Promise<void> => {
  for (const { path, digest } of modules)
    if (!isElsewhere(path, digest)) checkUnchanged(await loadModule(path), digest);
};

const isElsewhere = (path: string, digest: string): boolean =>
  !existsSync(path) && loadedHere.some((module) => module.digest === digest);

const checkUnchanged = ({ path, digest }: LoadedModule, planned: string): void => {
  if (digest !== planned)
    throw new ModuleError(
      `${path} has changed since the run was planned: its digest is ${digest} and the run's is ${planned}; plan the run again, which gives it another id, or bring the file back as it was`,
    );
};
