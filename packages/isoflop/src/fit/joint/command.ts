import type { Command } from "commander";
import { type AnswerOptions, answer } from "../../answer.js";
import { groupOption, jsonOption, quantityOption, reportOption, rowsHelp, runOptions } from "../../options/common.js";
import { floorOption } from "../../options/floor.js";
import type { LoadedRuns, RunInput } from "../../runs/load.js";
import { inputsOf } from "../../runs/tables.js";
import { answerOfRuns, type FitAnswer } from "../grouped.js";
import { caveatOf } from "../saved.js";
import { type JointAsked, jointThrough } from "./fit.js";
import { exponentsOf, jointWords } from "./words.js";

type Options = RunInput & JointAsked & AnswerOptions & { readonly groupBy?: string };

const help = `
ln(L − E) = p0 − α ln C + a basin about ln N*(C), through all runs by least squares of ln L; E is integrated out between --floor and the lowest
loss, and the exponent of N* may drift. Fitted twice, to all budgets and without the smallest third of them: the wider interval is quoted. Then
to the runs up to each budget, to see what would have been said of the larger ones.
${rowsHelp}

Example:
  isoflop fit joint --input runs.csv --floor 0.0194,0.0008 --json > joint.json && isoflop predict joint.json --at 3.2e12`;

export const configure = (command: Command): void => {
  floorOption(reportOption(quantityOption(jsonOption(runOptions(command)))))
    .addOption(groupOption())
    .addHelpText("after", help)
    .action((options: Options) => answer(options, inputsOf(options.input), () => answerOfRuns(options, answerOf)));
};

const answerOf = async (loaded: LoadedRuns, options: Options): Promise<FitAnswer> => {
  const document = await jointThrough(loaded, options);
  return {
    document,
    words: jointWords(document),
    page: async () => (await import("./page.js")).jointPage(loaded, document.fit),
    caveat: caveatOf(document),
    exponents: exponentsOf(document),
  };
};
