import type { Command } from "commander";
import { type AnswerOptions, answer } from "../answer.js";
import { columnMap } from "../options/columns.js";
import { jsonOption, reportOption, skipOption, tableOptions } from "../options/common.js";
import { count, number, share, whole } from "../options/values.js";
import { studyPath } from "../study/find.js";
import { type CollapseAsked, collapseFrom } from "./collapse.js";
import type { CurvesInput } from "./read.js";
import { collapseWords } from "./words.js";

type Options = CurvesInput & CollapseAsked & AnswerOptions;

const help = `
Normalises the training curves of a sweep, (L(xT) − L0) / (L(T) − L0) with T the whole training, and finds the runs that are not of
one curve with the others (Qiu et al. 2025, 2507.02119): their hyperparameters did not scale with the rest. It sees the shape of a
curve, not its level, and expects runs at or near their optimal size: --best takes of each compute the run that ends lowest.
L0 is that under which the curves agree best, or --floor. A table has one row per run and evaluation: the run in a column label, C
(FLOPs), D (tokens) or step, and loss; --best needs N too, unless there is C. A folder of runs that were trained here is read as it is.

Example:
  isoflop collapse --input curves.csv --columns label=run,D=tokens,loss=val_loss --report collapse.html`;

export const configure = (command: Command): void => {
  const reading = skipOption(
    tableOptions(
      command.requiredOption(
        "-i, --input <file>",
        'the table of curves, or a folder of runs; "-" reads standard input',
        studyPath,
      ),
    ),
  );
  reportOption(jsonOption(reading))
    .option("--columns <map>", "which column is what: label=…,N=…,C=…,D=…,step=…,loss=…", columnMap)
    .option("--best", "only the run of each compute that ends lowest")
    .option("--floor <loss>", "L0 (default: of the best collapse)", number)
    .option("--from <share>", "share of the training before which curves are not compared", share, 0.05)
    .option("--level <share>", "chance of a false alarm among all runs", share, 0.05)
    .option("--draws <n>", "sweeps without a fault that are drawn for it", count, 499)
    .option("--seed <n>", "seed of the draws", whole, 0)
    .option("--quantity <name>", "what the loss is of, for the words and the figure", "loss")
    .addHelpText("after", help)
    .action((options: Options) =>
      answer(options, [options.input], async () => {
        const document = await collapseFrom(options, options);
        return {
          document,
          words: collapseWords(document),
          page: async () => (await import("./page.js")).collapsePage(document.collapse),
          caveat: document,
        };
      }),
    );
};
