import { join } from "node:path";
import type { Command } from "commander";
import { deviceOption, forceOption } from "../options/common.js";
import { printPaperPlan, type StudyChoices, studyOptions } from "../plan/command.js";
import { checkStudyFiles } from "../study/layout.js";
import { emit } from "../words/emit.js";
import { note, printable } from "../words/printable.js";

interface Options extends StudyChoices {
  readonly device: "wasm" | "webgpu";
  readonly out?: string;
  readonly force?: boolean;
}

const help = `
The method of arXiv 2410.08184 on budgets that this machine can pay: models of several sizes at each of several budgets, a parabola
through their losses at each, power laws through the parabolas' minima, a prediction for a budget three times the largest, and the
training run that tests it. Writes report.html, figures, summary.json and every run to the folder.
Stopped by Ctrl-C (status 130), killed or cut off, the same command goes on where it was. A second process on the same folder takes
other runs of the same study and waits for the rest.
"paper" prints the plan and what it costs, and trains nothing.

Examples:
  isoflop reproduce
  isoflop reproduce --conditioning crossAttention && isoflop compare runs/quick runs/quick-crossAttention
  isoflop reproduce --preset laptop --device webgpu --data cifar10 --seed 1 --json > summary.json`;

export const configure = (command: Command): void => {
  forceOption(deviceOption(studyOptions(command)))
    .option("--out <folder>", "where runs, figures and report go (default: runs/PRESET, or runs/PRESET-CONDITIONING)")
    .addHelpText("after", help)
    .action((options: Options) => (options.preset === "paper" ? printPaperPlan(options) : study(options)));
};

const study = async ({ preset: name, data, device, conditioning, seed, out, json, force }: Options): Promise<void> => {
  const usual = conditioning === "inContext";
  const folder = out ?? join("runs", usual ? name : `${name}-${conditioning}`);
  checkStudyFiles(folder, force);
  const { presets } = await import("../study/preset.js");
  const { progressLines } = await import("../study/progress.js");
  const { studyWords } = await import("../study/words.js");
  const { reproduce } = await import("./reproduce.js");
  const { untilStopped } = await import("../stop.js");
  const onProgress = progressLines("training");
  const { summary, files } = await untilStopped(onProgress.stopped, (signal) =>
    reproduce({
      ...{ preset: { ...presets[name]!, conditioning }, data, device, seed, out: folder, signal },
      ...{ onProgress, onNote: note },
      say: json ? note : (line) => console.log(printable(line)),
      reproduce: `npx isoflop reproduce --preset ${name} --data ${data} --seed ${seed} --device ${device}${usual ? "" : ` --conditioning ${conditioning}`}`,
    }),
  );
  const pages = files.filter((file) => /\.(html|json)$/.test(file)).join(", ");
  // The document is summary.json itself.
  await emit(json, summary, () => [...studyWords(summary), `written: ${pages}`]);
};
