import { scheduleShapes } from "@isoflop/scaling";
import type { Command } from "commander";
import { type AnswerOptions, answer } from "../../answer.js";
import { columnMap } from "../../options/columns.js";
import { jsonOption, reportOption, skipOption, tableOptions } from "../../options/common.js";
import { formsHelp } from "../../options/form-options.js";
import { positive, whole } from "../../options/values.js";
import { type ScheduleAsked, scheduleThrough } from "./fit.js";
import { scheduleWords } from "./words.js";

type Options = ScheduleAsked & AnswerOptions;

const help = `
The multi-power law (Luo et al. 2025, 2503.12811): L = L0 + A S^−alpha − B Σ (lr before − lr after) G(lr^−gamma S_k), G(x) = 1 − (1 + C x)^−beta, S the sum of the
rates of all steps so far and S_k that from step k on. Rows are the logged steps of one model under one or several schedules; between
rows the rate is taken to be a straight line, and before the first row constant. A curve of a constant rate alone gives the first two
terms, and status unidentified: what decay gains is not known from it.

Shapes that predict can ask, after the warm-up, with --steps, --peak, --warmup, --final-share, --decay-share:
${formsHelp(scheduleShapes)}

Examples:
  isoflop fit schedule --input log.csv --columns lr=learning_rate --curve run --json > schedule.json
  isoflop predict schedule.json --schedule wsd --steps 10000,20000,40000 --decay-share 0.2`;

export const configure = (command: Command): void => {
  const reading = skipOption(
    tableOptions(command.requiredOption("-i, --input <file>", 'the table; "-" reads standard input')),
  ).option("--columns <map>", "which columns are what: step=…,lr=…,loss=…", columnMap);
  reportOption(jsonOption(reading))
    .option("--curve <column>", "tells the curves of a table apart (default: it is one curve)")
    .option("--skip <n>", "steps after the warm-up that are left out (default: 0)", whole)
    .option(
      "--delta <width>",
      "corner of the Huber loss, in units of ln L (default: from the residuals; 1e-3 in the paper)",
      positive,
    )
    .addHelpText("after", help)
    .action((options: Options) =>
      answer(options, [options.input], () => {
        const document = scheduleThrough(options);
        return {
          document,
          words: scheduleWords(document),
          page: async () => (await import("./page.js")).schedulePage(document.fit),
          caveat: document,
        };
      }),
    );
};
