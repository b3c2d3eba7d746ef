import { type Command, Option } from "commander";
import { type AnswerOptions, answer } from "../../answer.js";
import { columnMap } from "../../options/columns.js";
import { jsonOption, reportOption, skipOption, tableOptions } from "../../options/common.js";
import { fitLaw, type LawChoices, loadPoints, type PointInput } from "./fit.js";
import { lawWords } from "./words.js";

type Options = PointInput & LawChoices & AnswerOptions;

const help = `
Forms:
  power       y = c·x^γ, least squares of ln y; needs 2 points, and 3 for an interval
  saturating  y = E + A·x^−α with E ≥ 0; needs 4
  bnsl        broken law (Caballero et al. 2022), with one or two breaks; needs 8 or 11
Rows at x = 0, where logs begin, and rows equal to one before in every column, as a resumed training logs them, are left out and
listed.

Example:
  isoflop fit law --input optima.csv --columns x=C,y=loss --form saturating`;

export const configure = (command: Command): void => {
  reportOption(
    jsonOption(
      skipOption(
        tableOptions(command.requiredOption("-i, --input <file>", 'the table; "-" reads standard input')),
      ).option("--columns <map>", "which columns are x and y: x=…,y=…", columnMap),
    ),
  )
    .addOption(new Option("--form <name>", "functional form").choices(["power", "saturating", "bnsl"]).default("power"))
    .addOption(
      new Option("--residuals <scale>", "saturating: residuals of y or of ln y (default: log)").choices(["raw", "log"]),
    )
    .addOption(new Option("--breaks <n>", "bnsl: number of breaks").choices(["1", "2"]).default("1"))
    .addHelpText("after", help)
    .action((options: Options) =>
      answer(options, [options.input], () => {
        const points = loadPoints(options);
        const document = fitLaw(points, options);
        const names = { x: "x", y: "y", ...options.columns };
        return {
          document,
          words: lawWords(document),
          page: async () => (await import("./page.js")).lawPage(document, points, names),
          caveat: document,
        };
      }),
    );
};
