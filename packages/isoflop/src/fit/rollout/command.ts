import { type RollOutAxis, rolledOutForms, rollOutAxes, surfaceForms } from "@isoflop/scaling";
import { type Command, Option } from "commander";
import { type AnswerOptions, answer } from "../../answer.js";
import { groupOption, jsonOption, quantityOption, reportOption, rowsHelp, runOptions } from "../../options/common.js";
import { floorOption } from "../../options/floor.js";
import { formsHelp } from "../../options/form-options.js";
import { choices } from "../../options/values.js";
import type { LoadedRuns, RunInput } from "../../runs/load.js";
import { inputsOf } from "../../runs/tables.js";
import { answerOfRuns, type FitAnswer } from "../grouped.js";
import { caveatOf } from "../saved.js";
import { type RollOutAsked, rollOutThrough } from "./fit.js";
import { exponentsOf, rollOutWords } from "./words.js";

type Options = RunInput & RollOutAsked & AnswerOptions & { readonly groupBy?: string };

const help = `
Every form is fitted to all runs by least squares of ln L, and to all but those of the largest C, N and D, which it then predicts. Forms are
weighed by both (AICc, and the joint density of what was held out), and predictions are mixtures over them and over the floors that each
allows. Where the runs that were held out are a surprise to a form, its standard errors are widened as it was missed. Then the whole is
fitted to the runs up to each budget, to see what would have been said of the larger ones.

Forms:
${formsHelp(surfaceForms)}
${rowsHelp}

Example:
  isoflop fit rollout --input runs.csv --json > forms.json && isoflop predict forms.json --at 1e22`;

export const configure = (command: Command): void => {
  floorOption(reportOption(quantityOption(jsonOption(runOptions(command)))))
    .option("--forms <a,b,…>", `forms side by side (default: ${rolledOutForms.join(",")})`, choices(surfaceForms.names))
    .option("--along <axes>", "hold out the largest of C, N, D (default: C,N,D)", choices<RollOutAxis>(rollOutAxes))
    .addOption(
      new Option("--weights <how>", "runs count alike, or by 1 / sigma² of their own")
        .choices(["alike", "sigma"])
        .default("alike"),
    )
    .addOption(groupOption())
    .addHelpText("after", help)
    .action((options: Options) => answer(options, inputsOf(options.input), () => answerOfRuns(options, answerOf)));
};

const answerOf = async (loaded: LoadedRuns, options: Options): Promise<FitAnswer> => {
  const document = await rollOutThrough(loaded, options);
  return {
    document,
    words: rollOutWords(document),
    page: async () => (await import("./page.js")).rollOutPage(loaded, document.fit),
    caveat: caveatOf(document),
    exponents: exponentsOf(document),
  };
};
