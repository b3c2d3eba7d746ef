import { type Command, Option } from "commander";
import { type AnswerOptions, answer } from "../answer.js";
import { fitSourceOptions } from "../fit/source.js";
import { jsonOption, reportOption } from "../options/common.js";
import { count, positive, range } from "../options/values.js";
import { inputsOf } from "../runs/tables.js";
import { type PlanAsked, planFrom } from "./plan.js";
import { planWords } from "./words.js";

type Options = PlanAsked & AnswerOptions;

const help = `
Chooses the runs that shrink the interval of one extrapolation most for a given compute (c-optimal design on the fitted
surface), and shows what an even isoFLOP grid of the same cost would do. It trusts the form of the surface: where that is
in doubt, keep some runs of an even grid.

Example:
  isoflop fit surface --input runs.csv --bootstrap 1000 --json > fit.json
  isoflop plan-next fit.json --allowance 1e20 --target 1e22 --quantity N --posterior bootstrap`;

export const configure = (command: Command): void => {
  reportOption(jsonOption(fitSourceOptions(command)))
    .requiredOption("--allowance <FLOPs>", "compute to spend, in all", positive)
    .requiredOption("--target <C>", "compute of the extrapolation that is to become certain", positive)
    .addOption(
      new Option("--quantity <name>", "which optimum at the target").choices(["loss", "N", "D"]).default("loss"),
    )
    .addOption(
      new Option("--posterior <kind>", "uncertainty to plan with; the bootstrap needs a fit with --bootstrap")
        .choices(["delta", "bootstrap"])
        .default("delta"),
    )
    .option(
      "--run-compute <low,high>",
      "compute of single runs (default: a 200th of the allowance to all of it)",
      range,
    )
    .option("--size-factor <f>", "sizes within this factor of the optimum of their compute (default: 8)", positive)
    .option("--max-runs <n>", "at most so many runs (default: 24)", count)
    .option("--noise <sd>", "standard deviation of ln L of one run (default: the residuals of the fit)", positive)
    .addHelpText("after", help)
    .action((file: string | undefined, options: Options) =>
      answer(options, [file, ...inputsOf(options.input)], async () => {
        const { document, loaded } = await planFrom(file, options);
        return {
          document,
          words: planWords(document.plan),
          page: async () => (await import("./page.js")).planPage(document.plan, loaded),
        };
      }),
    );
};
