import { type Command, Option } from "commander";
import { columnMap } from "../options/columns.js";
import { jsonOption, quantityOption, reportOption, tableOptions } from "../options/common.js";
import { count, positives, range, whole } from "../options/values.js";
import { type ReportChoices, reportOutput } from "../page/output.js";
import { emit } from "../words/emit.js";
import { type CompareChoices, compare } from "./compare.js";
import { comparisonText } from "./words.js";

type Options = CompareChoices & { readonly json?: boolean } & ReportChoices;

const help = `
Each file is a table of runs, from which the law of the optimal loss is made as by "fit isoflop", or a saved fit of
"fit isoflop" or "fit law". Effective compute is what B needs to reach what A reaches with C, over C: above 1, A is better.

Example:
  isoflop compare baseline.csv ours.csv --columns C=flops,N=params,loss=val_loss --at 1e20,1e21`;

export const configure = (command: Command): void => {
  reportOption(
    jsonOption(
      tableOptions(
        quantityOption(command)
          .argument("<A>", "table of runs or saved fit")
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
    .option("--range <low,high>", "compute between which a crossing is sought (default: 1e6,1e30)", range)
    .option("--draws <n>", "draws from the uncertainty of the laws", count, 2000)
    .option("--seed <n>", "seed of the draws", whole, 0)
    .addHelpText("after", help)
    .action(async (a: string, b: string, options: Options) => {
      const report = reportOutput(options, a, b);
      const document = compare(a, b, options);
      await emit(options.json, document, () => comparisonText(document));
      if (report) {
        const { writeComparisonReport } = await import("./page.js");
        await writeComparisonReport(report, document);
      }
    });
};
