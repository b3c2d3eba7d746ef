import { surfaceForms } from "@isoflop/scaling";
import { type Command, Option } from "commander";
import { type AnswerOptions, answer } from "../../answer.js";
import {
  intervalOption,
  jsonOption,
  quantityOption,
  reportOption,
  rowsHelp,
  runOptions,
} from "../../options/common.js";
import { formOptions, formsHelp } from "../../options/form-options.js";
import { count, positive, whole } from "../../options/values.js";
import { loadRuns, type RunInput } from "../../runs/load.js";
import { objectiveNames, objectivesHelp, type SurfaceAsked, surfaceThrough } from "./fit.js";
import { surfaceWords } from "./words.js";

type Options = RunInput & SurfaceAsked & AnswerOptions;

/** Starting points of the literature. */
const grids = new Set([...surfaceForms].flatMap((form) => Object.keys(form.grids ?? {})));

const help = `
Forms:
${formsHelp(surfaceForms)}
Objectives, each a sum over runs:
${objectivesHelp}
${rowsHelp}

Example:
  isoflop fit surface --input runs.csv --columns C=flops,N=params,loss=val_loss --drop-highest-loss 5 --bootstrap 1000`;

export const configure = (command: Command): void => {
  formOptions(reportOption(quantityOption(jsonOption(runOptions(command)))), surfaceForms, { fallback: "chinchilla" })
    .addOption(new Option("--objective <name>", "what is minimised").choices(objectiveNames).default("log-squares"))
    .option("--delta <width>", "the number that shapes the objective, as the corner of log-huber in ln L", positive)
    .addOption(
      new Option(
        "--starts <where>",
        "starting points: from the data, or a grid of the form, as the 4,500 of Hoffmann et al.",
      )
        .choices(["auto", ...grids])
        .default("auto"),
    )
    .option("--bootstrap <n>", "intervals from n resamples beside those of the fit", count)
    .addOption(
      new Option("--strata <how>", "draw from all runs or within budgets").choices(["none", "budget"]).default("none"),
    )
    .addOption(intervalOption())
    .option("--seed <n>", "seed of the resamples", whole, 0)
    .option("--threads <n>", "threads for many starts or resamples (default: one per core)", count)
    .option(
      "--bias-at <C>",
      "by how much Approach 2 on these runs' grid would miss this surface's optimum at C",
      positive,
    )
    .addHelpText("after", help)
    .action((options: Options) =>
      answer(options, [options.input], async () => {
        const loaded = loadRuns(options);
        const document = await surfaceThrough(loaded, options);
        return {
          document,
          words: surfaceWords(document),
          page: async () => (await import("./page.js")).surfacePage(loaded, document.fit),
          caveat: document,
        };
      }),
    );
};
