import { type LinkFit, linkForms, linkScales } from "@isoflop/scaling";
import { type Command, Option } from "commander";
import { type AnswerOptions, answer } from "../../answer.js";
import { columnMap } from "../../options/columns.js";
import { jsonOption, quantityOption, reportOption, skipOption, tableOptions } from "../../options/common.js";
import { formOptions, formsHelp, givenOf } from "../../options/form-options.js";
import { studyPath } from "../../study/find.js";
import { type LinkAsked, linkThrough } from "./fit.js";
import { linkWords } from "./words.js";

type Options = LinkAsked & AnswerOptions & { readonly form: string };

const help = `
Forms:
${formsHelp(linkForms)}
A metric such as FID, error or accuracy as a function of the loss, so that a law of the loss is one of the metric. --scale logit keeps an
accuracy and its intervals between 0 and 1. Of a folder of runs --quantity names the metric, and the loss is theirs. The interval of the metric at a predicted loss holds the errors of both fits.

Examples:
  isoflop fit link --input runs.csv --columns x=loss,y=accuracy --form logistic --chance 0.1 --ceiling 1 --json > link.json
  isoflop fit link --input runs/quick --quantity vlb --form logarithm --break
  isoflop predict law.json --link link.json --at 1e21`;

export const configure = (command: Command): void => {
  const reading = skipOption(
    tableOptions(command.requiredOption("-i, --input <file>", 'the table; "-" reads standard input', studyPath)),
  )
    .option(
      "--columns <map>",
      "which columns are the loss and the metric: x=…,y=…; and its standard error: sigma=…",
      columnMap,
    )
    .option("--x <column>", "column of the loss (default: loss)")
    .option("--y <column>", "column of the metric (default: metric)")
    .option("--break", "also test whether one line is enough, or two that meet fit better (power, logarithm, linear)");
  formOptions(reportOption(quantityOption(jsonOption(reading))), linkForms, { fallback: "power" })
    .addOption(
      new Option("--scale <name>", "on what residuals are even (default: raw, the metric itself)").choices(linkScales),
    )
    .addHelpText("after", help)
    .action((options: Options) =>
      answer(options, [options.input], async () => {
        const document = linkThrough(options, givenOf(linkForms, options.form, { ...options }));
        return {
          document,
          words: linkWords(document, await brokenWords(document.fit)),
          page: async () => (await import("./page.js")).linkPage(document.fit),
          caveat: document,
        };
      }),
    );
};

const brokenWords = async (fit: LinkFit | undefined): Promise<readonly string[]> =>
  fit?.break ? (await import("@isoflop/plot")).linkWords({ ok: true, ...fit }).slice(1) : [];
