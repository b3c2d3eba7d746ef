import type { Conditioning } from "@isoflop/flops";
import type { DataSpec } from "@isoflop/sweep";
import { type Command, Option } from "commander";
import { conditioningOption, dataOption, jsonOption } from "../options/common.js";
import { count, share, whole } from "../options/values.js";
import { emit } from "../words/emit.js";

/** Which study, on which data. */
export interface StudyChoices {
  readonly preset: string;
  readonly data: DataSpec["source"];
  readonly conditioning: Conditioning;
  readonly seed: number;
  readonly batch: number;
  readonly mfu: number;
  readonly json?: boolean;
}

const help = `
Nothing is trained. "quick" and "laptop" are what "isoflop reproduce" does. "paper" is arXiv 2410.08184: its six budgets with sizes
of a ladder within a factor of 4 of the optimum that its law gives, and 1.5e21 held out; the batch of 1024 and the ladder are not
confirmed by the paper.

Examples:
  isoflop plan
  isoflop plan --preset paper --mfu 0.35 --json`;

export const configure = (command: Command): void => {
  studyOptions(command)
    .addHelpText("after", help)
    .action(async (choices: StudyChoices) => {
      if (choices.preset === "paper") return printPaperPlan(choices);
      const { presets } = await import("../study/preset.js");
      const { studyPlan } = await import("./study.js");
      const { studyPlanWords } = await import("./words.js");
      const { preset, conditioning, data, seed, json } = choices;
      const document = await studyPlan({ ...presets[preset]!, conditioning }, data, seed);
      await emit(json, document, () => studyPlanWords(document));
    });
};

/** The paper's study, which is planned and priced here, and trained elsewhere. */
export const printPaperPlan = async ({ batch, mfu, json }: StudyChoices): Promise<void> => {
  const { paperPlan } = await import("./paper.js");
  const { paperPlanWords } = await import("./words.js");
  const document = paperPlan({ batch, mfu });
  await emit(json, document, () => paperPlanWords(document));
};

export const studyOptions = (command: Command): Command =>
  jsonOption(dataOption(conditioningOption(command.addOption(presetOption)), "emoji"))
    .option("--seed <n>", "of weights, noise and order", whole, 0)
    .option("--batch <images>", "paper: images per step", count, 1024)
    .option("--mfu <share>", "paper: expected share of a device's peak FLOP/s", share, 0.4);

const presetOption = new Option(
  "--preset <name>",
  "minutes on two cores, an hour on a laptop's GPU, or the paper's study on a cluster",
)
  .choices(["quick", "laptop", "paper"])
  .default("quick");
