import { optimumMethods, surfaceForms } from "@isoflop/scaling";
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
import { count, positive, positives, whole } from "../../options/values.js";
import type { LoadedRuns, RunInput } from "../../runs/load.js";
import { inputsOf } from "../../runs/tables.js";
import { answerOfRuns, type FitAnswer } from "../grouped.js";
import { caveatOf } from "../saved.js";
import { type IsoFlopAsked, isoFlopThrough } from "./fit.js";
import { exponentsOf, isoFlopWords } from "./words.js";

type Options = RunInput & IsoFlopAsked & AnswerOptions & { readonly groupBy?: string };

const help = `${rowsHelp}
A budget whose minimum is not inside its sizes enters no law, and is listed with its reason. With three budgets or more
there is a law; with fewer, exit status 4.
A parabola is the second order of a surface: its vertex is off by a share that grows with the width of the grid and with
alpha - beta. The laws without that bias are printed where it is more than half of a standard error, and predict takes them.

Example:
  isoflop fit isoflop --input runs.csv --columns C=flops,N=params,D=tokens,loss=val_loss --bootstrap 1000`;

export const configure = (command: Command): void => {
  reportOption(quantityOption(jsonOption(runOptions(command))))
    .addOption(new Option("--x <axis>", "the axis on which the minimum is sought").choices(["N", "D"]).default("N"))
    .addOption(new Option("--loss <scale>", "fit the loss or its logarithm").choices(["raw", "log"]).default("raw"))
    .addOption(
      new Option(
        "--optimum <method>",
        "how a minimum is found; slice: all budgets share the shape of a surface's slice",
      )
        .choices(optimumMethods.names)
        .default("parabola"),
    )
    .option("--tolerance <share>", "runs within this share of compute share a budget (default: 0.1)", positive)
    .option("--budgets <C,…>", "the nominal budgets, where compute scatters about them (default: found)", positives)
    .addOption(
      new Option(
        "--weights <how>",
        "runs weigh alike or by their own sigma (default: sigma where all have one and they differ)",
      ).choices(["alike", "sigma"]),
    )
    .addOption(
      new Option("--correction <form>", "surface from which the bias of the minimum is taken, or none")
        .choices([...surfaceForms.names, "none"])
        .default("chinchilla"),
    )
    .option("--bootstrap <n>", "intervals from n resamples beside those of the fit", count)
    .addOption(
      new Option("--resample <what>", "what a resample draws: runs (8 sizes or more), residuals (4 to 7), seed-noise")
        .choices(["runs", "residuals", "seed-noise"])
        .default("runs"),
    )
    .addOption(intervalOption())
    .option("--seed <n>", "seed of the resamples", whole, 0)
    .addOption(groupOption())
    .addHelpText("after", help)
    .action((options: Options) => answer(options, inputsOf(options.input), () => answerOfRuns(options, answerOf)));
};

const answerOf = (loaded: LoadedRuns, options: Options): FitAnswer => {
  const document = isoFlopThrough(loaded, options);
  return {
    document,
    words: isoFlopWords(document),
    page: async () => (await import("./page.js")).isoFlopPage(document.fit, document.ok),
    caveat: caveatOf(document),
    exponents: exponentsOf(document),
  };
};
