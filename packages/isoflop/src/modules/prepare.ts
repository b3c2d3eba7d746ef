import type { ModuleContent } from "@isoflop/sweep";
import { ModuleError } from "./error.js";
import { type LoadedModule, loadModule } from "./load.js";

/**
 * Loads the modules of a run and holds them to what it was planned with.
 * @throws ModuleError for one that is not there or that has changed since; as `loadModule` does
 */
export const prepareModules = async (modules: readonly ModuleContent[]): Promise<void> => {
  for (const { path, digest } of modules) checkUnchanged(await loadModule(path), digest);
};

const checkUnchanged = ({ path, digest }: LoadedModule, planned: string): void => {
  if (digest !== planned)
    throw new ModuleError(
      `${path} has changed since the run was planned: its digest is ${digest} and the run's is ${planned}; plan the run again, which gives it another id, or bring the file back as it was`,
    );
};
