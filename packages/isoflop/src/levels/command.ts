import { lawForms, surfaceForms, surfaceObjectives } from "@isoflop/scaling";
import { type Command, Option } from "commander";
import { type AnswerOptions, answer } from "../answer.js";
import { columnMap } from "../options/columns.js";
import { jsonOption, reportOption, skipOption, tableOptions } from "../options/common.js";
import { count, positive, positives, whole } from "../options/values.js";
import { studyPath } from "../study/find.js";
import { type LevelsAsked, levelsFrom } from "./levels.js";
import { densityOf, pathNames, predictionNames, weightingOf } from "./objective.js";
import type { LevelsInput } from "./read.js";
import { levelsWords } from "./words.js";

type Options = LevelsInput & LevelsAsked & AnswerOptions;

const help = `
Fits the losses at each diffusion time (0 data, 1 noise) on their own, and tells the law of a loss that weighs and draws the
times in another way as their sum, Σ w(t) p(t) Δ L_t, without training. The table has a column "loss@t" for each time
("loss@0.05", "loss@0.15", …), or one row per run and time with the time in a column t. Intervals are of one bootstrap over runs,
each with all its times. The models stay those that were trained: one that is trained under the other weights may do better by them.

Of a folder of runs the levels are parts of the clock of equal share under the density of training, and what the losses are the runs say themselves.
Where they kept the losses of their samples, the loss that is asked is the mean of these by importance weights, through which the one fit beside the
sum goes; the sum takes the loss within a part to go with time as the mean of all runs does, and how far it is from the samples is said. Of runs that kept none
the error of EDM's F is taken for even within a part.

Densities and weightings are those of @isoflop/diffusion, options in order or by name: logitNormal:0,1, uniform, mode:1.29, cosmap,
shifted:by=3; none, minSnr:5, softMinSnr, edm:0.5, sigmoid:-1, likelihood, unweightedIn:noise.

Examples:
  isoflop levels --input runs.csv --weighting minSnr:5 --at 1e20,1e22
  isoflop levels --input runs/quick --density uniform --bins 16`;

export const configure = (command: Command): void => {
  const reading = skipOption(
    tableOptions(
      command.requiredOption(
        "-i, --input <file>",
        'the table of losses by time, or the folder of a study or of runs; "-" reads standard input',
        studyPath,
      ),
    ),
  );
  reportOption(jsonOption(reading))
    .option("--columns <map>", "which column is what: C=…,N=…,D=…,loss=…,seed=…,label=…,t=…", columnMap)
    .option("--flops-per-token <k>", "C = k·N·D where one of the three is missing (default: 6)", positive)
    .addOption(new Option("--form <name>", "surface of each time").choices(surfaceForms.names).default("chinchilla"))
    .addOption(
      new Option("--law <form>", "instead, a law of compute through runs that were trained at their best").choices(
        lawForms.names,
      ),
    )
    .addOption(new Option("--objective <name>", "what is minimised").choices(surfaceObjectives.names))
    .option("--density <name>", "how times are drawn in the loss that is asked (default: as in training)", densityOf)
    .option("--weighting <name>", "how errors are weighed in it (default: as in training)", weightingOf)
    .option("--bins <n>", "of a folder: parts of the clock that its runs are told in (default: 8)", count)
    .option(
      "--trained-density <name>",
      "of a table: how times were drawn in training (default: logitNormal)",
      densityOf,
    )
    .option(
      "--trained-weighting <name>",
      "of a table: how errors were weighed in training (default: none)",
      weightingOf,
    )
    .addOption(new Option("--path <name>", "of a table: how data becomes noise (default: linear)").choices(pathNames))
    .addOption(
      new Option(
        "--error-in <prediction>",
        "of a table: of which the losses are squared errors (default: velocity)",
      ).choices(predictionNames),
    )
    .option("--at <C,…>", "compute at which the laws are told, FLOPs; several with commas", positives)
    .option("--bootstrap <n>", "resamples of the runs", count, 200)
    .option("--seed <n>", "seed of the resamples", whole, 0)
    .addHelpText("after", help)
    .action((options: Options) =>
      answer(options, [options.input], async () => {
        const document = await levelsFrom(options, options);
        return {
          document,
          words: levelsWords(document),
          page: async () => (await import("./page.js")).levelsPage(document.levels),
          caveat: document,
        };
      }),
    );
};
