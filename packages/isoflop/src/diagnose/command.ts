import { type Command, Option } from "commander";
import { type AnswerOptions, answer } from "../answer.js";
import { type FitSource, fitSourceOptions } from "../fit/source.js";
import { jsonOption, quantityOption, reportOption } from "../options/common.js";
import { givenInputs, inputOptions } from "../options/input-options.js";
import { count, positive, range } from "../options/values.js";
import { inputsOf } from "../runs/tables.js";
import { type DiagnosisAsked, diagnosisFrom } from "./diagnose.js";
import { diagnosisWords } from "./words.js";

type Options = Omit<FitSource, "method"> & DiagnosisAsked & AnswerOptions;

const help = `
Says of one model, by a surface: how much of its loss is the floor, how much its finite size leaves over and how much its
finite data; what doubling each would do, and moving to the best model of the same compute; what compute reaches half of
what is above the floor. Without --size and --tokens a table is asked about its run of most compute. Of a table it also
says whether the residuals of the surface follow size, tokens or compute: then the form is wrong, and so is what is said.

Examples:
  isoflop fit surface --input runs.csv --json > fit.json && isoflop diagnose fit.json --size 1e9 --tokens 2e10
  isoflop diagnose --input runs.csv`;

export const configure = (command: Command): void => {
  inputOptions(reportOption(quantityOption(jsonOption(fitSourceOptions(command)))))
    .option("--size <N>", "parameters of the model", positive)
    .option("--tokens <D>", "tokens it is trained on", positive)
    .option(
      "--range <low,high>",
      "compute over which the best models are shown (default: a thousandth to a thousand times its own)",
      range,
    )
    .addOption(new Option("--points <n>", "how many of them").argParser(count).default(31))
    .addHelpText("after", help)
    .action((file: string | undefined, options: Options) =>
      answer(options, [file, ...inputsOf(options.input)], async () => {
        const document = await diagnosisFrom(file, options, givenInputs(options));
        return {
          document,
          words: diagnosisWords(document),
          page: async () => (await import("./page.js")).diagnosisPage(document.diagnosis),
          caveat: document,
        };
      }),
    );
};
