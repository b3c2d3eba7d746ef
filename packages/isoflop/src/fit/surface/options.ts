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
import { count, positive, whole } from "../../options/values.js";
import type { LoadedRuns, RunInput } from "../../runs/load.js";
import { objectiveNames, objectivesHelp, type SurfaceAsked, surfaceThrough } from "./fit.js";
import { surfaceWords } from "./words.js";

export type SurfaceCommandOptions = RunInput & SurfaceAsked & AnswerOptions;

/** For the help text of every command that fits a surface. */
export const objectivesAndRowsHelp = `Objectives, each a sum over runs:
${objectivesHelp}
${rowsHelp}`;

/** The options of every command that fits a surface of some form. */
export const surfaceOptions = (command: Command): Command =>
  reportOption(quantityOption(jsonOption(runOptions(command))))
    .addOption(new Option("--objective <name>", "what is minimised").choices(objectiveNames).default("log-squares"))
    .option("--delta <width>", "the number that shapes the objective, as the corner of log-huber in ln L", positive)
    .option("--bootstrap <n>", "intervals from n resamples beside those of the fit", count)
    .addOption(
      new Option("--strata <how>", "draw from all runs or within budgets").choices(["none", "budget"]).default("none"),
    )
    .addOption(intervalOption())
    .option("--seed <n>", "seed of the resamples", whole, 0)
    .option("--threads <n>", "threads for many starts or resamples (default: one per core)", count);

/** A surface through the runs, printed. */
export const surfaceAnswer = (options: SurfaceCommandOptions, runs: () => LoadedRuns): Promise<void> =>
  answer(options, [options.input], async () => {
    const loaded = runs();
    const document = await surfaceThrough(loaded, options);
    return {
      document,
      words: surfaceWords(document),
      page: async () => (await import("./page.js")).surfacePage(loaded, document.fit),
      caveat: document,
    };
  });
