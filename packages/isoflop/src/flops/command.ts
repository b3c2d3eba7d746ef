import {
  account,
  type ConventionName,
  conventions,
  type DitConfig,
  format,
  type PresetName,
  paperLadder,
  presets,
} from "@isoflop/flops";
import { type Command, Option } from "commander";
import { type AnswerOptions, answer } from "../answer.js";
import { CliError, exitCodes } from "../exit.js";
import { readRecord, shown } from "../files/read.js";
import { jsonOption, reportOption } from "../options/common.js";
import { versions } from "../versions.js";

interface Options extends AnswerOptions {
  readonly convention: ConventionName;
}

const ladder: readonly string[] = paperLadder.map(({ name }) => name);

const help = `
Presets: ${Object.keys(presets).join(", ")}
Sizes of the 1 M to 1 B ladder: ${ladder[0]} to ${ladder.at(-1)}
A config is the JSON record that @isoflop/dit builds a model from.

Example:
  isoflop flops DiT-XL/2 --convention paper2023`;

export const configure = (command: Command): void => {
  reportOption(jsonOption(command.argument("<model>", "preset, ladder size, or config.json")))
    .addOption(
      new Option("--convention <name>", "what counts as work").choices(Object.keys(conventions)).default("exact"),
    )
    .addHelpText("after", help)
    .action((model: string, options: Options) =>
      answer(options, [model], () => {
        const { config, origin } = modelOf(model);
        const counted = within(origin ?? model, () => account(config, conventions[options.convention]));
        return {
          document: { command: "flops", model, ...counted, versions: versions("@isoflop/flops") },
          words: [model, { text: format(counted) }],
          page: async () => (await import("./page.js")).flopsPage(model, counted),
        };
      }),
    );
};

const modelOf = (model: string): { readonly config: DitConfig; readonly origin?: string } => {
  if (Object.hasOwn(presets, model)) return { config: presets[model as PresetName] };
  const size = paperLadder.find(({ name }) => name === model);
  if (size) return { config: size.config };
  if (model !== "-" && !/\.json$/i.test(model)) {
    throw new CliError(exitCodes.usage, `there is no preset "${model}"; there are: ${Object.keys(presets).join(", ")}`);
  }
  // Keys and values are checked where they are counted.
  const config = readRecord(model, "a config; expected an object with image, patch, width, depth, heads, …");
  return { config: config as unknown as DitConfig, origin: model };
};

const within = <T>(file: string, count: () => T): T => {
  try {
    return count();
  } catch (error) {
    if ((error as Error).name !== "FlopsError") throw error;
    throw new CliError(exitCodes.input, `${shown(file)}: ${(error as Error).message}`, { cause: error });
  }
};
