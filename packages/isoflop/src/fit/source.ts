import type { Command } from "commander";
import { usageError } from "../exit.js";
import { runOptions } from "../options/common.js";
import { type LoadedRuns, loadRuns, type RunInput } from "../runs/load.js";
import { studyPath } from "../study/find.js";
import { isoFlopThrough } from "./isoflop/fit.js";
import { jointThrough } from "./joint/fit.js";
import { tellDiverged } from "./points.js";
import { rollOutThrough } from "./rollout/fit.js";
import { readFit, type SavedFit } from "./saved.js";
import { surfaceThrough } from "./surface/fit.js";

/** How a table of runs can be fitted with default choices. */
const methods = { rollout: rollOutThrough, joint: jointThrough, surface: surfaceThrough, isoflop: isoFlopThrough };

export const methodNames = Object.keys(methods);

/** A saved fit, or a table of runs. */
export type FitSource = Partial<RunInput> & { readonly method?: keyof typeof methods };

export const fitSourceOptions = (command: Command): Command =>
  runOptions(
    command.argument("[fit.json]", 'what "isoflop fit … --json" printed; "-" reads standard input', studyPath),
    {
      required: false,
    },
  );

/** A fit, and the runs where it was made from a table. */
export interface Source {
  readonly saved: SavedFit;
  readonly loaded?: LoadedRuns;
}

export const sourceFrom = async (file: string | undefined, options: FitSource): Promise<Source> => {
  const { input, quantity, only, method = "surface" } = options;
  if (file !== undefined && input !== undefined)
    throw usageError("a saved fit and --input are given; expected one of them");
  if (file !== undefined) return { saved: readFit(file, only) };
  if (input === undefined) throw usageError("there is nothing to work from; expected a saved fit or --input");
  const loaded = loadRuns({ ...options, input });
  tellDiverged(loaded);
  return { saved: await methods[method](loaded, { quantity }), loaded };
};
