import { surfaceForms } from "@isoflop/scaling";
import type { Command } from "commander";
import { type AnswerOptions, answer } from "../../answer.js";
import { jsonOption, quantityOption, reportOption, rowsHelp, runOptions } from "../../options/common.js";
import { formOptions, formsHelp } from "../../options/form-options.js";
import { loadRuns, type RunInput } from "../../runs/load.js";
import { inputsOf } from "../../runs/tables.js";
import { type SharedAsked, sharedThrough } from "./fit.js";
import { sharedWords } from "./words.js";

type Options = RunInput & SharedAsked & AnswerOptions & { readonly groupBy?: string };

const help = `
One surface for each study, with one set of exponents for all: least squares of ln L, each study in units of its own variance. Studies with
few runs borrow the exponents; the test says whether they may.
Forms:
${formsHelp(surfaceForms)}
${rowsHelp}

Examples:
  isoflop fit shared --input runs.csv --group-by dataset --json > shared.json
  isoflop predict shared.json --study c4 --at 1e22`;

const names = (text: string): readonly string[] => text.split(",").map((name) => name.trim());

export const configure = (command: Command): void => {
  formOptions(reportOption(quantityOption(jsonOption(runOptions(command)))), surfaceForms, { fallback: "chinchilla" })
    .option("--group-by <column>", "the column whose values name the studies (default: label)")
    .option("--share <names>", "what is shared, as alpha,beta (default: every exponent)", names)
    .addHelpText("after", help)
    .action(({ groupBy = "label", ...options }: Options) =>
      answer(options, inputsOf(options.input), async () => {
        const loaded = loadRuns({ ...options, columns: { label: groupBy, ...options.columns } });
        const document = sharedThrough(loaded, options);
        return {
          document,
          words: sharedWords(document),
          page: async () => (await import("./page.js")).sharedPage(loaded, document.fit),
          caveat: document,
        };
      }),
    );
};
