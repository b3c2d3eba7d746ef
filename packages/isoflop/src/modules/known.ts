import type { ModuleContent, RunRecord } from "@isoflop/sweep";
import { ModuleError } from "./error.js";
import { prepareModules } from "./prepare.js";

/**
 * Loads the modules of runs where they still are what they were, so that the runs can be spoken of in words.
 * @returns why others are not loaded
 */
export const loadKnown = async (runs: readonly Pick<RunRecord, "spec">[]): Promise<readonly string[]> => {
  const modules = new Map<string, ModuleContent>();
  // Runs of before there was a content have none.
  for (const { spec } of runs)
    for (const module of spec.content?.modules ?? []) modules.set(`${module.digest} ${module.path}`, module);
  const refused: string[] = [];
  for (const module of modules.values())
    try {
      await prepareModules([module]);
    } catch (error) {
      if (!(error instanceof ModuleError)) throw error;
      refused.push(error.message);
    }
  return refused;
};
