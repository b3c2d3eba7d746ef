import { fittedForms } from "@isoflop/scaling";
import type { Command } from "commander";
import { type AnswerOptions, answer } from "../../answer.js";
import { columnMap } from "../../options/columns.js";
import { groupOption, jsonOption, reportOption, skipOption, tableOptions, whereOption } from "../../options/common.js";
import { formOptions, formsHelp, givenOf } from "../../options/form-options.js";
import { studyPath } from "../../study/find.js";
import { type FitAnswer, groupedAnswer } from "../grouped.js";
import { caveatOf } from "../saved.js";
import { type LoadedPoints, lawThrough, loadPointGroups, loadPoints, type PointInput } from "./fit.js";
import { exponentsOf, lawWords } from "./words.js";

type Options = PointInput & AnswerOptions & { readonly form: string; readonly groupBy?: string };

/** As Caballero et al. 2022 call theirs. */
const otherNames = { bnsl: "broken" };

const help = `
Forms:
${formsHelp(fittedForms)}
Floors are 0 or more. A power law needs 2 points, and 3 for an interval; a floor needs 4; a broken law (Caballero et al. 2022, bnsl)
with one or two breaks 8 or 11. A power law is fitted by least squares of ln y. Points with a sigma or a weight count by 1/sigma², or the
weight; errors of the law are from the scatter of the points about it. A floor that goes to zero is exactly 0, status bound: the other
numbers are then those of a pure power law, and the interval of the floor is one-sided.
Rows at x = 0, where logs begin, and rows equal to one before in every column, as a resumed training logs them, are left out and
listed.

Example:
  isoflop fit law --input optima.csv --columns x=C,y=loss --form saturating`;

export const configure = (command: Command): void => {
  const reading = skipOption(
    tableOptions(command.requiredOption("-i, --input <file>", 'the table; "-" reads standard input', studyPath)),
  )
    .option(
      "--columns <map>",
      "which columns are x and y: x=…,y=…; and the standard error of y, or a weight: sigma=… or weight=…",
      columnMap,
    )
    .addOption(whereOption())
    .option("--keep-duplicates", "use rows that are equal in every column to one before")
    .addOption(groupOption());
  formOptions(reportOption(jsonOption(reading)), fittedForms, { fallback: "power", otherNames })
    .addHelpText("after", help)
    .action((options: Options) =>
      answer(options, [options.input], () => {
        const { groupBy } = options;
        if (groupBy === undefined) return answerOf(loadPoints(options), options);
        const groups = [...loadPointGroups(options, groupBy)];
        return groupedAnswer(groupBy, new Map(groups.map(([value, points]) => [value, answerOf(points, options)])));
      }),
    );
};

const answerOf = (points: LoadedPoints, options: Options): FitAnswer => {
  const document = lawThrough(points, options.form, givenOf(fittedForms, options.form, { ...options }));
  const names = { x: "x", y: "y", ...options.columns, rows: points.rows };
  return {
    document,
    words: lawWords(document),
    page: async () => (await import("./page.js")).lawPage(document.fit, names),
    caveat: caveatOf(document),
    exponents: exponentsOf(document),
  };
};
