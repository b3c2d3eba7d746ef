import { type Command, Option } from "commander";
import { type AnswerOptions, answer } from "../../answer.js";
import { jsonOption, quantityOption, reportOption, rowsHelp, runOptions } from "../../options/common.js";
import { count, range, whole } from "../../options/values.js";
import { loadRuns, type RunInput } from "../../runs/load.js";
import { inputsOf } from "../../runs/tables.js";
import { caveatOf } from "../saved.js";
import { type Approach1Asked, approach1Through } from "./fit.js";
import { approach1Words } from "./words.js";

type Options = RunInput & Approach1Asked & AnswerOptions;

const help = `
Rows are checkpoints of training runs, several a run. Those of one label are a curve, or of one size where there are no labels.
The envelope is the least loss at each compute among models of which the next smaller and the next larger size were trained as
far. Checkpoints of a schedule that was still to decay are too high: use constant rates, or one run for each length.
${rowsHelp}

Example:
  isoflop fit approach1 --input checkpoints.csv --columns N=params,D=tokens,loss=val_loss,label=run --report envelope.html`;

export const configure = (command: Command): void => {
  reportOption(quantityOption(jsonOption(runOptions(command))))
    .addOption(new Option("--by <key>", "what tells curves apart (default: label, or size)").choices(["label", "size"]))
    .option("--bins <n>", "values of compute at which the envelope is taken (default: 1500)", count)
    .option("--range <C,C>", "compute between which it is taken (default: all)", range)
    .option("--bootstrap <n>", "resamples for the errors (default: 400)", count)
    .addOption(
      new Option("--resample <what>", "what a resample draws: curves, or sizes with all their curves")
        .choices(["curve", "size"])
        .default("curve"),
    )
    .option("--seed <n>", "seed of the resamples", whole, 0)
    .addHelpText("after", help)
    .action((options: Options) =>
      answer(options, inputsOf(options.input), () => {
        const document = approach1Through(loadRuns(options), options);
        return {
          document,
          words: approach1Words(document),
          page: async () => (await import("./page.js")).approach1Page(document.fit),
          caveat: caveatOf(document),
        };
      }),
    );
};
