import type { Command } from "commander";
import { requireSound } from "../fit/saved.js";
import { type FitSource, fitSourceOptions, sourceFrom } from "../fit/source.js";
import { jsonOption, quantityOption, reportOption } from "../options/common.js";
import { positive, positives } from "../options/values.js";
import { type ReportChoices, reportOutput } from "../page/output.js";
import { emit } from "../words/emit.js";
import { type PredictChoices, predict } from "./predict.js";
import { predictionText } from "./words.js";

type Options = FitSource & PredictChoices & { readonly json?: boolean } & ReportChoices;

const help = `
What can be asked of which fit:
  fit isoflop   --at C [--size N]    optimal N and D, and the loss of one new run of the optimal (or given) size
  fit surface   --at C               optimal N, D and loss
                --size N --tokens D  loss of that model, and what missing the optimum costs
                --reach L            least compute that reaches a loss
  fit law       --at x               y
Two intervals at 95 %: ci95 says where the law is, interval95 where one new run would fall.

Examples:
  isoflop fit isoflop --input runs.csv --json > fit.json && isoflop predict fit.json --at 1.5e21
  isoflop predict --input runs.csv --method surface --reach 2.1`;

export const configure = (command: Command): void => {
  reportOption(quantityOption(jsonOption(fitSourceOptions(command, ["isoflop", "surface"]))))
    .option("--at <C,…>", "compute, FLOPs (or x of a law); several with commas", positives)
    .option("--size <N>", "parameters of the model", positive)
    .option("--tokens <D>", "tokens it is trained on", positive)
    .option("--reach <loss>", "the loss that is wanted", positive)
    .addHelpText("after", help)
    .action(async (file: string | undefined, options: Options) => {
      const report = reportOutput(options, file, options.input);
      const { fit, loaded } = await sourceFrom(file, options);
      const document = predict(fit, options);
      await emit(options.json, document, () => predictionText(document));
      if (report) {
        const { writePredictionReport } = await import("./page.js");
        await writePredictionReport(report, fit, document, loaded);
      }
      requireSound(document);
    });
};
