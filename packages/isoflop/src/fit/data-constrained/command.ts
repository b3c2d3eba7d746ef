import type { Command } from "commander";
import { inputError } from "../../exit.js";
import { shown } from "../../files/read.js";
import type { LoadedRuns } from "../../runs/load.js";
import {
  objectivesAndRowsHelp,
  type SurfaceCommandOptions,
  surfaceAnswer,
  surfaceOptions,
} from "../surface/options.js";

interface Options extends SurfaceCommandOptions {
  readonly untied?: boolean;
}

const help = `
E + A/N_e^alpha + B/D_e^alpha of Muennighoff et al. 2023: D_e and N_e are what D tokens, U of them unique, and N parameters are
worth. A token loses 1 − 1/e of its value by repeatTokens epochs; parameters beyond what U tokens can use, by repeatParameters times
as many. A row says U as U, or by --columns U=…; where it does not, its tokens are all unique.
${objectivesAndRowsHelp}

Examples:
  isoflop fit data-constrained --input runs.csv --columns U=unique_tokens --json > repeated.json
  isoflop predict repeated.json --at 1e22 --unique 25e9`;

export const configure = (command: Command): void => {
  surfaceOptions(command)
    .option("--untied", "an exponent of D of its own")
    .addHelpText("after", help)
    .action(({ untied = false, ...options }: Options) =>
      surfaceAnswer({ ...options, form: untied ? "data-constrained" : "data-constrained-tied" }, repeated),
    );
};

/** @throws CliError `input` where no row has a token twice */
const repeated = (loaded: LoadedRuns): LoadedRuns => {
  const { runs, origin } = loaded;
  if (runs.some(({ D, inputs }) => (inputs?.U ?? D) < D)) return loaded;
  const why = runs.some(({ inputs }) => inputs?.U !== undefined)
    ? "no row has fewer unique tokens U than tokens D: nothing is repeated"
    : "no row has unique tokens; name their column with --columns U=…";
  throw inputError(`${shown(origin.file)}: ${why}`);
};
