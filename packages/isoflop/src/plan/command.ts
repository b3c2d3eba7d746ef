import type { Command } from "commander";
import { jsonOption } from "../options/common.js";
import { share } from "../options/values.js";
import { setOption } from "../study/command.js";
import type { Assignment } from "../study/file/set.js";
import { emit } from "../words/emit.js";
import { progress, stagesOfData } from "../words/progress.js";
import { type Prices, readPrices } from "./devices.js";
import type { StudyPlanDocument } from "./study.js";

interface Options {
  readonly set?: readonly Assignment[];
  readonly mfu: number;
  readonly price?: Prices;
  readonly measure: boolean;
  readonly json?: boolean;
}

const help = `
Nothing is trained, but for seconds that measure this machine at the smallest and the largest size. FILE is what
"isoflop study" takes: a file, a study's folder, or the name of a study that comes with isoflop. "paper" is arXiv 2410.08184: its six budgets with sizes of a ladder within a factor of 4 of the
optimum that its law gives, and 1.5e21 held out; the batch of 1024 and the ladder are not confirmed by the paper.

Examples:
  isoflop plan
  isoflop plan mine.yaml --set grid.seeds=2
  isoflop plan paper --mfu 0.35 --price H100-SXM=2.2 --json`;

export const configure = (command: Command): void => {
  jsonOption(setOption(command.argument("[file]", "the study: a file, a name or a folder", "quick")))
    .option("--no-measure", "do not measure this machine: its time is then not said")
    .option("--mfu <share>", "expected share of a device's peak FLOP/s, for the table of devices", share, 0.4)
    .option(
      "--price <device=dollars,…>",
      "dollars per device-hour in the place of the table's: H100-SXM=2.5,L40S=0.8-1.2",
      readPrices,
    )
    .addHelpText("after", help)
    .action(async (file: string, { set = [], mfu, price: prices, measure, json }: Options) => {
      const { armsOf, requireUnlike } = await import("../study/arms.js");
      const { resolveStudy, writtenStudy } = await import("../study/file/read.js");
      const { untilStopped } = await import("../stop.js");
      const { studyPlan } = await import("./study.js");
      const { studyPlanWords } = await import("./words.js");
      const written = await writtenStudy(file);
      const study = await resolveStudy(written, set);
      const arms = await armsOf(written, set, study);
      const opening = progress("opening data");
      const onData = stagesOfData(opening.onProgress);
      const plans = await untilStopped("stopped", async (signal) => {
        const each: StudyPlanDocument[] = [];
        for (const one of arms?.map((arm) => arm.study) ?? [study])
          each.push(await studyPlan(one, { mfu, measure, ...(prices && { prices }), signal, onData }));
        return each;
      }).finally(opening.end);
      if (arms)
        requireUnlike(
          study.name,
          arms,
          plans.map(({ hash }) => hash),
        );
      const document = arms ? { command: "plan" as const, name: study.file.name, arms: plans } : plans[0];
      await emit(json, document, () => plans.flatMap(studyPlanWords));
    });
};
