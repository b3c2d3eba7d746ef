import { type Command, Option } from "commander";
import { type AnswerOptions, answer } from "../../answer.js";
import {
  groupOption,
  intervalOption,
  jsonOption,
  quantityOption,
  reportOption,
  rowsHelp,
  runOptions,
} from "../../options/common.js";
import { count, positive, whole } from "../../options/values.js";
import type { LoadedRuns, RunInput } from "../../runs/load.js";
import { inputsOf } from "../../runs/tables.js";
import { answerOfRuns, type FitAnswer } from "../grouped.js";
import { caveatOf } from "../saved.js";
import { withCautions } from "./cautions.js";
import { objectiveNames, objectivesHelp, type SurfaceAsked, surfaceThrough } from "./fit.js";
import { exponentsOf, surfaceWords } from "./words.js";

export type SurfaceCommandOptions = RunInput & SurfaceAsked & AnswerOptions & { readonly groupBy?: string };

/** For the help text of every command that fits a surface. */
export const objectivesAndRowsHelp = `Objectives, each a sum over runs:
${objectivesHelp}
${rowsHelp}`;

/** The options of every command that fits a surface of some form. */
export const surfaceOptions = (command: Command): Command =>
  reportOption(quantityOption(jsonOption(runOptions(command))))
    .addOption(new Option("--objective <name>", "what is minimised").choices(objectiveNames).default("log-squares"))
    .option("--delta <width>", "the number that shapes the objective, as the corner of log-huber in ln L", positive)
    .addOption(
      new Option("--weights <how>", "runs count alike, or by 1 / sigma² of their own")
        .choices(["alike", "sigma"])
        .default("alike"),
    )
    .option("--bootstrap <n>", "intervals from n resamples beside those of the fit", count)
    .addOption(
      new Option("--strata <how>", "draw from all runs or within budgets").choices(["none", "budget"]).default("none"),
    )
    .addOption(
      new Option("--cluster <by>", "draw runs of one label or size together, as checkpoints of one curve")
        .choices(["label", "N", "none"])
        .default("none"),
    )
    .addOption(intervalOption())
    .option("--seed <n>", "seed of the resamples", whole, 0)
    .option("--threads <n>", "threads for many starts or resamples (default: one per core)", count)
    .addOption(groupOption());

/**
 * A surface through the runs, or one for each value of a column, printed.
 * @param checked the runs, where a command asks more of them
 */
export const surfaceAnswer = (
  options: SurfaceCommandOptions,
  checked = (loaded: LoadedRuns): LoadedRuns => loaded,
): Promise<void> =>
  answer(options, inputsOf(options.input), () => answerOfRuns(options, (loaded) => answerOf(checked(loaded), options)));

const answerOf = async (loaded: LoadedRuns, options: SurfaceCommandOptions): Promise<FitAnswer> => {
  const document = withCautions(await surfaceThrough(loaded, options), loaded, options);
  return {
    document,
    words: surfaceWords(document),
    page: async () => (await import("./page.js")).surfacePage(loaded, document.fit),
    caveat: caveatOf(document),
    exponents: exponentsOf(document),
  };
};
