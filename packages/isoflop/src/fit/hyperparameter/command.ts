import { hyperparameterForms } from "@isoflop/scaling";
import { type Command, Option } from "commander";
import { type AnswerOptions, answer } from "../../answer.js";
import { columnMap } from "../../options/columns.js";
import { jsonOption, reportOption, skipOption, tableOptions } from "../../options/common.js";
import { formsHelp } from "../../options/form-options.js";
import { nameList } from "../../options/named.js";
import { studyPath } from "../../study/find.js";
import { type HyperparameterAsked, hyperparameterThrough } from "./fit.js";
import { hyperparameterWords } from "./words.js";

type Options = HyperparameterAsked & AnswerOptions;

const sources = [...hyperparameterForms].map(({ name, source }) => `  ${name}: ${source}`).join("\n");

const help = `
y = coefficient · Π x^exponent. A name may be a product or a quotient of columns: --on D/N.
With --loss the rows are a sweep. Rows of equal predictors (and --cells) are a cell; its minimum is that of a parabola in ln y, of a
quadratic bowl where several hyperparameters are named and vary; the law goes through the minima, weighted by their errors. --method joint
fits loss = L_cell + κ (ln y − law)² to all rows at once, which needs no minimum of any single cell; it is the default where too few
cells have one. Without --loss every row is an optimum.

Forms of the literature (which numbers a law has; coefficients are fitted):
${formsHelp(hyperparameterForms)}
${sources}

Examples:
  isoflop fit hyperparameter --input sweep.csv --y lr --on N,D --loss loss
  isoflop fit hyperparameter --input sweep.csv --form step-law --y lr,batch --loss val_loss --json > lr.json
  isoflop predict lr.json --size 1e9 --tokens 2e10`;

export const configure = (command: Command): void => {
  const reading = skipOption(
    tableOptions(command.requiredOption("-i, --input <file>", 'the table; "-" reads standard input', studyPath)),
  ).option("--columns <map>", "which columns are called otherwise than here: N=params,lr=eta", columnMap);
  reportOption(jsonOption(reading))
    .option("--y <names>", "hyperparameters that have a law (default: lr)", nameList)
    .option("--on <names>", "what the laws depend on", nameList)
    .addOption(
      new Option("--form <name>", "a form of the literature instead of --on").choices(hyperparameterForms.names),
    )
    .option("--loss <column>", "the rows are sweeps, with this loss")
    .option("--sigma <column>", "standard error of ln y, where the rows are optima")
    .option("--cells <names>", "what runs of one cell share beside the predictors", nameList)
    .addOption(
      new Option("--method <name>", "how sweeps are fitted (default: cells, or joint)").choices(["cells", "joint"]),
    )
    .addOption(
      new Option("--scale <name>", "basins of the loss or of its logarithm (default: raw)").choices(["raw", "log"]),
    )
    .addHelpText("after", help)
    .action((options: Options) =>
      answer(options, [options.input], () => {
        const document = hyperparameterThrough(options);
        return {
          document,
          words: hyperparameterWords(document),
          page: async () => (await import("./page.js")).hyperparameterPage(document.fit),
          caveat: document,
        };
      }),
    );
};
