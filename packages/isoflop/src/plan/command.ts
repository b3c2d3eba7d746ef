import type { Command } from "commander";
import { jsonOption } from "../options/common.js";
import { count, share } from "../options/values.js";
import { setOption } from "../study/command.js";
import type { Assignment } from "../study/file/set.js";
import { emit } from "../words/emit.js";

interface Options {
  readonly set?: readonly Assignment[];
  readonly batch: number;
  readonly mfu: number;
  readonly json?: boolean;
}

const help = `
Nothing is trained. FILE is what "isoflop study" takes: a file, or the name of a study that comes with isoflop. "paper" is
arXiv 2410.08184: its six budgets with sizes of a ladder within a factor of 4 of the optimum that its law gives, and 1.5e21 held out; the
batch of 1024 and the ladder are not confirmed by the paper.

Examples:
  isoflop plan
  isoflop plan mine.yaml --set grid.seeds=2
  isoflop plan paper --mfu 0.35 --json`;

export const configure = (command: Command): void => {
  jsonOption(setOption(command.argument("[file]", "the study: a file, a name or a folder", "quick")))
    .option("--batch <images>", "paper: images per step", count, 1024)
    .option("--mfu <share>", "paper: expected share of a device's peak FLOP/s", share, 0.4)
    .addHelpText("after", help)
    .action(async (file: string, { set = [], batch, mfu, json }: Options) => {
      const { paperPlanWords, studyPlanWords } = await import("./words.js");
      if (file === "paper") {
        const { paperPlan } = await import("./paper.js");
        const document = paperPlan({ batch, mfu });
        return emit(json, document, () => paperPlanWords(document));
      }
      const { resolveStudy, writtenStudy } = await import("../study/file/read.js");
      const { studyPlan } = await import("./study.js");
      const document = await studyPlan(resolveStudy(await writtenStudy(file), set));
      return emit(json, document, () => studyPlanWords(document));
    });
};
