import { surfaceForms } from "@isoflop/scaling";
import { type Command, Option } from "commander";
import { type Answer, type AnswerOptions, answer } from "../answer.js";
import { columnMap } from "../options/columns.js";
import { jsonOption, quantityOption, reportOption, tableOptions } from "../options/common.js";
import { count, positives, whole } from "../options/values.js";
import { studyPath } from "../study/find.js";
import { type CompareAsked, compare } from "./compare.js";
import { compareExponents } from "./exponents.js";
import { exponentsWords } from "./exponents-words.js";
import { pairedSides } from "./paired.js";
import { comparisonWords } from "./words.js";

type Options = CompareAsked & AnswerOptions & { readonly exponents?: boolean };

const help = `
Each side is a table of runs, through which a loss surface is fitted and followed along its optimum, or a saved fit of "fit surface",
"fit isoflop" or "fit law", or a published law, by the name of its card (isoflop laws) or in a file of one; or the two sides are the two
values of a column of one table (--by). Losses of different kinds do not compare, their exponents may. Effective compute is what B needs to reach what A
reaches with C, over C: above 1, A is better. Floors are integrated out, so that none is made up; a crossing is looked for within a decade of
the runs of both, and stated where 95 % of the draws have it. The sides are taken to be independent. Two folders of runs that were validated
on the same samples are held against each other sample by sample too, at every budget that both have.

Examples:
  isoflop compare baseline.csv ours.csv --columns C=flops,N=params,loss=val_loss --at 1e20,1e21
  isoflop compare runs.csv --by architecture
  isoflop compare runs/quick runs/cross
  isoflop compare ours.csv dit-2410.08184 --columns C=flops,N=params,loss=val_loss --exponents`;

export const configure = (command: Command): void => {
  reportOption(
    jsonOption(
      tableOptions(
        quantityOption(command)
          .argument("<A>", "table of runs, saved fit, study or law card", studyPath)
          .argument("[B]", "the same for the other", studyPath)
          .option("--by <column>", "the two values of this column of one table are A and B")
          .option("--columns <map>", "which column is what, as in fit isoflop", columnMap)
          .option("--columns-b <map>", "the same for B, where it differs", columnMap),
      ),
    ),
  )
    .addOption(
      new Option(
        "--method <name>",
        "how a table becomes a curve: by a surface, or by the optima of its budgets (default: surface; isoflop with --law)",
      ).choices(["surface", "isoflop"]),
    )
    .addOption(
      new Option("--form <name>", "form of the surface of a table (default: chinchilla)").choices(surfaceForms.names),
    )
    .addOption(
      new Option(
        "--law <form>",
        "law through optima: floors integrates out whether there is one (default); the others take their form to be true",
      ).choices(["floors", "power", "saturating"]),
    )
    .option(
      "--at <C,…>",
      "compute at which to compare (default: the ends of what both were fitted to, and ten times the upper)",
      positives,
    )
    .option("--exponents", "compare only exponents of C: of N*, D* and the loss; they have no unit")
    .option("--draws <n>", "draws from the uncertainty of the sides", count, 2000)
    .option("--seed <n>", "seed of the draws", whole, 0)
    .addHelpText("after", help)
    .action((a: string, b: string | undefined, options: Options) =>
      answer(options, b === undefined ? [a] : [a, b], async () => {
        if (options.exponents) return exponentsOnly(a, b, options);
        const found = compare(a, b, options);
        const paired = b === undefined ? undefined : await pairedSides(a, b, found.comparison.quantity);
        const document = { ...found, ...(paired && { paired }) };
        return {
          document,
          words: comparisonWords(document),
          page: async () => (await import("./page.js")).comparisonPage(document.comparison),
        };
      }),
    );
};

const exponentsOnly = (a: string, b: string | undefined, options: Options): Answer => {
  const document = compareExponents(a, b, options);
  return {
    document,
    words: exponentsWords(document),
    page: async () => (await import("./page.js")).exponentsPage(document),
  };
};
