import { type Command, Option } from "commander";
import { type Answer, type AnswerOptions, answer } from "../answer.js";
import { columnMap } from "../options/columns.js";
import { jsonOption, quantityOption, reportOption, tableOptions } from "../options/common.js";
import { count, positives, range, whole } from "../options/values.js";
import { type CompareAsked, comparisonOf } from "./compare.js";
import { compareExponents } from "./exponents.js";
import { exponentsWords } from "./exponents-words.js";
import { comparisonWords } from "./words.js";

type Options = CompareAsked & AnswerOptions & { readonly exponents?: boolean };

const help = `
Each file is a table of runs, from which the law of the optimal loss is made as by "fit isoflop", or a saved fit of
"fit isoflop" or "fit law"; or a published law, by the name of its card (isoflop laws) or in a file of one. Effective compute is what
B needs to reach what A reaches with C, over C: above 1, A is better. Losses of other kinds do not compare; their exponents may.

Examples:
  isoflop compare baseline.csv ours.csv --columns C=flops,N=params,loss=val_loss --at 1e20,1e21
  isoflop compare ours.csv dit-2410.08184 --columns C=flops,N=params,loss=val_loss --exponents`;

export const configure = (command: Command): void => {
  reportOption(
    jsonOption(
      tableOptions(
        quantityOption(command)
          .argument("<A>", "table of runs, saved fit or law card")
          .argument("<B>", "the same for the other")
          .option("--columns <map>", "which column is what, as in fit isoflop", columnMap)
          .option("--columns-b <map>", "the same for B, where it differs", columnMap),
      ),
    ),
  )
    .addOption(
      new Option("--law <form>", "law of the optimal loss: pure power law, or with a floor")
        .choices(["power", "saturating"])
        .default("power"),
    )
    .option(
      "--at <C,…>",
      "compute at which to compare (default: the largest budget of both, and ten times that)",
      positives,
    )
    .option("--exponents", "compare only exponents of C: of N*, D* and the loss; they have no unit")
    .option("--range <low,high>", "compute between which a crossing is sought (default: 1e6,1e30)", range)
    .option("--draws <n>", "draws from the uncertainty of the laws", count, 2000)
    .option("--seed <n>", "seed of the draws", whole, 0)
    .addHelpText("after", help)
    .action((a: string, b: string, options: Options) =>
      answer(options, [a, b], () => {
        if (options.exponents) return exponentsOnly(a, b, options);
        const { document, sides } = comparisonOf(a, b, options);
        return {
          document,
          words: comparisonWords(document, sides),
          page: async () => (await import("./page.js")).comparisonPage(document.comparison),
        };
      }),
    );
};

const exponentsOnly = (a: string, b: string, options: Options): Answer => {
  const { document, sides } = compareExponents(a, b, options);
  return {
    document,
    words: exponentsWords(document, sides),
    page: async () => (await import("./page.js")).exponentsPage(document),
  };
};
