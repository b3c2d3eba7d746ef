import {
  account,
  type ConventionName,
  conventions,
  type DitConfig,
  evaluations,
  format,
  formatSummary,
  type PresetName,
  paperLadder,
  presets,
  type SolverName,
  sampling,
  solverNames,
  summary,
} from "@isoflop/flops";
import { type Command, Option } from "commander";
import { type AnswerOptions, answer } from "../answer.js";
import { CliError, exitCodes } from "../exit.js";
import { readRecord, shown } from "../files/read.js";
import { jsonOption, reportOption } from "../options/common.js";
import { count, share } from "../options/values.js";
import { versions } from "../versions.js";
import { num, round } from "../words/numbers.js";

interface Options extends AnswerOptions {
  readonly convention: ConventionName;
  readonly steps?: number;
  readonly solver: SolverName;
  readonly guided: number;
}

const ladder: readonly string[] = paperLadder.map(({ name }) => name);

const help = `
Presets: ${Object.keys(presets).join(", ")}
Sizes of the 1 M to 1 B ladder: ${ladder[0]} to ${ladder.at(-1)}
A config is the JSON record that @isoflop/dit builds a model from. With --steps the work of sampling an image is counted too, from pure noise; the
decoder of latents is not part of it. A solver that chooses its own steps is counted by those that it tries.

Examples:
  isoflop flops DiT-XL/2 --convention paper2023
  isoflop flops DiT-XL/2 --steps 25 --solver heun --guided 1`;

export const configure = (command: Command): void => {
  reportOption(jsonOption(command.argument("<model>", "preset, ladder size, or config.json")))
    .addOption(
      new Option("--convention <name>", "what counts as work").choices(Object.keys(conventions)).default("exact"),
    )
    .option("--steps <n>", "count the sampling of an image in so many steps too", count)
    .addOption(new Option("--solver <name>", "what makes a step of sampling").choices(solverNames).default("euler"))
    .option("--guided <share>", "share of the evaluations that guidance doubles", share, 0)
    .addHelpText("after", help)
    .action((model: string, options: Options) =>
      answer(options, [model], () => {
        const { config, origin } = modelOf(model);
        const convention = conventions[options.convention];
        const counted = within(origin ?? model, () => account(config, convention));
        // What is estimated from N alone has no parts.
        const parts = summary(config, {
          convention: convention.method.kind === "products" ? convention : conventions.exact,
        });
        const drawn = drawing(config, options);
        return {
          document: {
            ...{ command: "flops", model, ...counted, summary: parts },
            ...(drawn && { sampling: drawn }),
            versions: versions("@isoflop/flops"),
          },
          words: [
            model,
            { text: format(counted) },
            `Part by part, convention "${parts.convention.name}"; activations in f32, with fused attention and nothing computed again`,
            { text: formatSummary(parts) },
            ...(drawn ? [drawingWords(drawn)] : []),
          ],
          page: async () => (await import("./page.js")).flopsPage(model, counted),
        };
      }),
    );
};

/** What sampling an image takes. */
const drawing = (config: DitConfig, { steps, solver, guided, convention }: Options) => {
  if (steps === undefined) return undefined;
  const how = { steps, solver, guided };
  const work = sampling(config, how, conventions[convention]);
  return { ...how, evaluations: evaluations(how), total: work.total, unit: work.convention.unit };
};

const drawingWords = ({ steps, solver, evaluations: asked, total, unit }: NonNullable<ReturnType<typeof drawing>>) =>
  `sampling an image in ${steps} steps of ${solver}: the network ${round(asked)} times, ${num(total, 4)} ${unit === "flop" ? "FLOPs" : "MACs"}`;

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
