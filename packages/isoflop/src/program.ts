import { Command } from "commander";
import { groups, registry } from "./registry.js";
import { versionOf } from "./versions.js";

const exitHelp = `
Exit status:
  0  done
  1  the run failed: a file could not be written, a loss became NaN, a device is not there
  2  wrong usage: an unknown command, option or value, an output that is an input
  3  bad input: a missing file or column, a negative loss, a mistyped key, a broken checkpoint
  4  the data were read, but the fit was refused or is not sound; what there is has been printed
  130  stopped by Ctrl-C or a termination signal, after a checkpoint; run again to go on

--debug, anywhere, shows where an error happened. --no-color, or NO_COLOR in the environment, takes colours away; FORCE_COLOR gives them
where there is no terminal.

Start here:
  isoflop reproduce
  isoflop init mine.yaml && isoflop plan mine.yaml && isoflop study mine.yaml
  isoflop fit isoflop --input runs.csv --columns C=flops,N=params,D=tokens,loss=val_loss
  isoflop fit surface --input runs.csv --json > fit.json && isoflop predict fit.json --at 1e21`;

/** The whole command tree; only the command that `argv` names has its options. */
export const programFor = async (argv: readonly string[]): Promise<Command> => {
  const program = inherited(new Command("isoflop"))
    .description("Find scaling laws for diffusion transformers.")
    .version(`isoflop ${versionOf("isoflop")}`, "--version", "print the version")
    .helpOption("-h, --help", "explain the program, or the command before it")
    .addHelpText("after", exitHelp);
  const parents = new Map<string, Command>();
  for (const { path, summary, load } of registry) {
    const [first, second] = path;
    const command = inherited(new Command(second ?? first))
      .summary(summary)
      .description(summary);
    if (path.every((word, i) => argv[i] === word)) (await load()).configure(command);
    if (second === undefined) {
      program.addCommand(command);
      continue;
    }
    const parent = parents.get(first) ?? inherited(new Command(first)).description(groups[first]!);
    if (!parents.has(first)) program.addCommand(parent);
    parents.set(first, parent.addCommand(command));
  }
  return program;
};

/** Errors are thrown, not exits, and a wrong option is shown with where to read more. */
const inherited = (command: Command): Command =>
  command
    .exitOverride()
    .showSuggestionAfterError(true)
    .helpCommand(false)
    .configureOutput({ outputError: () => {} });
