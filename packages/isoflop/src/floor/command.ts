import { type Command, Option } from "commander";
import { usageError } from "../exit.js";
import { type AskedData, dataOption, jsonOption } from "../options/common.js";
import { count } from "../options/values.js";
import { setOption } from "../study/command.js";
import type { Assignment } from "../study/file/set.js";
import { emit } from "../words/emit.js";
import { progress, stagesOfData } from "../words/progress.js";

interface Options {
  readonly data?: AskedData;
  readonly image?: string;
  readonly objective: string;
  readonly split: string;
  readonly validationImages: number;
  readonly set?: readonly Assignment[];
  readonly json?: boolean;
}

const help = `
The least validation loss that any model can have which sees the noisy image, its time and its caption: that of the mean of all images
that there might be, by their probability. It is computed, not fitted, on the very images, noise and times of every validation, so a run's
loss can be set beside it; the floor E of a law of the same loss cannot lie below it. It takes data whose images are drawn by known rules:
emoji, shapes, or a source of your own that has a posterior.

Two floors are told. A model that was not told which images are held out can only know how all are drawn; one that knew the held-out split
by heart would have the lower one, which bounds any model whatever.

Examples:
  isoflop floor
  isoflop floor mine.yaml --set validation.images=4096
  isoflop floor --data emoji --image 32 --json`;

/** Options that say what a study says. */
const ofData = ["image", "objective", "split", "validationImages"] as const;

export const configure = (command: Command): void => {
  jsonOption(
    setOption(dataOption(command.argument("[file]", "the study: a file, a name or a folder (default: quick)"))),
  )
    .addOption(new Option("--image <pixels>", "with --data: pixels per side (default: 16)").choices(["16", "32"]))
    .option("--objective <preset>", "with --data: what is trained", "rectifiedFlow")
    .option("--split <name>", "with --data: the held-out split", "validation")
    .option("--validation-images <n>", "with --data: how many of it, a multiple of 64", count, 1024)
    .addHelpText("after", help)
    .action(async (file: string | undefined, options: Options) => {
      const { data, set } = options;
      if (data && file !== undefined) throw usageError("a study says its data: give one of the two, FILE or --data");
      if (data && set)
        throw usageError("--set is of a study; with --data say --image, --objective, --split or --validation-images");
      const stray = ofData.find((name) => command.getOptionValueSource(name) === "cli");
      if (!data && stray)
        throw usageError(
          `${command.options.find((option) => option.attributeName() === stray)!.long} goes with --data; a study's fields are given by --set`,
        );
      const { dataOpener } = await import("@isoflop/sweep/node");
      const { lossesOf, lossOf } = await import("./asked.js");
      const { floorsOf } = await import("./document.js");
      const { floorWords } = await import("./words.js");
      const { untilStopped } = await import("../stop.js");
      const asked = data ? [lossOf({ ...options, data })] : await lossesOf(file ?? "quick", set ?? []);
      const { onProgress, end } = progress("least loss");
      const document = await untilStopped("stopped", (signal) =>
        floorsOf(asked, { openData: dataOpener({ signal, onProgress: stagesOfData(onProgress) }), signal, onProgress }),
      ).finally(end);
      await emit(options.json, document, () => floorWords(document));
    });
};
