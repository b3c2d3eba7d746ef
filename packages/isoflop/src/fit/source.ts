import { type Command, Option } from "commander";
import { usageError } from "../exit.js";
import { runOptions } from "../options/common.js";
import { type LoadedRuns, loadRuns, type RunInput } from "../runs/load.js";
import { fitIsoFlop } from "./isoflop/fit.js";
import { type FitDocument, readFit } from "./saved.js";
import { fitSurface } from "./surface/fit.js";

/** A saved fit, or a table of runs that is fitted with default choices. */
export type FitSource = Partial<RunInput> & { readonly method?: "isoflop" | "surface" };

export const fitSourceOptions = (command: Command, methods: readonly ["surface"] | readonly ["isoflop", "surface"]) => {
  const named = runOptions(
    command.argument("[fit.json]", 'what "isoflop fit … --json" printed; "-" reads standard input'),
    { required: false },
  );
  return methods.length === 1
    ? named
    : named.addOption(
        new Option("--method <name>", "how to fit --input; for other choices run isoflop fit first")
          .choices(methods)
          .default("isoflop"),
      );
};

/** A fit, and the runs where it was made from a table: a saved fit holds none. */
export interface Source {
  readonly fit: FitDocument;
  readonly loaded?: LoadedRuns;
}

export const sourceFrom = async (file: string | undefined, options: FitSource): Promise<Source> => {
  const { input, method = "surface" } = options;
  if (file !== undefined && input !== undefined)
    throw usageError("a saved fit and --input are given; expected one of them");
  if (file !== undefined) return { fit: readFit(file) };
  if (input === undefined) throw usageError("there is nothing to work from; expected a saved fit or --input");
  const loaded = loadRuns({ ...options, input });
  const choices = options.quantity === undefined ? {} : { quantity: options.quantity };
  return { fit: method === "isoflop" ? fitIsoFlop(loaded, choices) : await fitSurface(loaded, choices), loaded };
};
