import type { Conditioning } from "@isoflop/flops";
import { type Command, Option } from "commander";
import { conditioningOption, dataOption, jsonOption } from "../options/common.js";
import { count, share, whole } from "../options/values.js";
import { emit } from "../words/emit.js";

interface Options {
  readonly preset: string;
  readonly data: "emoji" | "cifar10" | "shapes";
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
  jsonOption(dataOption(conditioningOption(presetOption(command)), "emoji"))
    .option("--seed <n>", "of weights, noise and order", whole, 0)
    .option("--batch <images>", "paper: images per step", count, 1024)
    .option("--mfu <share>", "paper: expected share of a device's peak FLOP/s", share, 0.4)
    .addHelpText("after", help)
    .action(async ({ preset, data, conditioning, seed, batch, mfu, json }: Options) => {
      const { gridWords, paperWords } = await import("../grid/words.js");
      if (preset === "paper") {
        const { paperGrid } = await import("../grid/paper.js");
        const document = paperGrid({ batch, mfu });
        return emit(json, document, () => paperWords(document));
      }
      const { presets } = await import("../study/preset.js");
      const { gridOf } = await import("../grid/study.js");
      const document = await gridOf({ ...presets[preset]!, conditioning }, data, seed);
      await emit(json, document, () => gridWords(document));
    });
};

export const presetOption = (command: Command): Command =>
  command.addOption(
    new Option("--preset <name>", "minutes on two cores, an hour on a laptop's GPU, or the paper's study on a cluster")
      .choices(["quick", "laptop", "paper"])
      .default("quick"),
  );
