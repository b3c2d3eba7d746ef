import { dirname, relative } from "node:path";
import { type Command, Option } from "commander";
import { checkpointingOption, forceOption, jsonOption } from "../options/common.js";
import { emit } from "../words/emit.js";
import { note, printable } from "../words/printable.js";
import { progress, stagesOfData } from "../words/progress.js";
import type { WrittenStudy } from "./file/read.js";
import { type Assignment, readAssignment } from "./file/set.js";

export interface StudyChoices {
  readonly set?: readonly Assignment[];
  readonly device?: "wasm" | "webgpu";
  readonly checkpointing?: "none" | "blocks";
  readonly runs?: string;
  readonly store?: string;
  readonly out?: string;
  readonly print?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

const help = `
FILE is YAML, JSON, or a TypeScript or JavaScript module whose default export is the study; the name of a study that comes with isoflop
(quick, laptop, paper); or the folder of a study that was begun. "isoflop init" writes a file to begin with, "isoflop plan FILE" says what it
would cost.
Trains every size at every budget, fits a parabola through the losses at each and power laws through their minima, predicts the held-out
budgets, trains there, and compares. The folder is NAME-HASH under --runs: another file or other data have another; runs/NAME is short for it.
Runs lie in the store, where studies share those that are equal. Stopped by Ctrl-C (status 130), killed or cut off, the same command goes on where it
was. A second process on the same study takes other runs of it and waits for the rest.

Examples:
  isoflop study mine.yaml
  isoflop study mine.yaml --set optimizer.warmup=0.1 --set grid.seeds=2
  isoflop study quick --set data=./images --print > mine.yaml`;

export const configure = (command: Command): void => {
  studyOptions(command.argument("<file>", "the study: a file, a name or a folder"))
    .addHelpText("after", help)
    .action((file: string, choices: StudyChoices) => doStudy(file, choices));
};

/** The options of every command that does a study. */
export const studyOptions = (command: Command): Command =>
  setOption(forceOption(jsonOption(command)))
    .option("--print", "print the study with every default, and do nothing")
    .addOption(
      new Option("--device <name>", "where to compute (default: as the study says)").choices(["wasm", "webgpu"]),
    )
    .addOption(checkpointingOption())
    .option(
      "--runs <folder>",
      "where studies and their store of runs go (default: runs, or where the study's folder lies)",
    )
    .option("--store <folder>", "where the runs themselves go (default: store in --runs)")
    .option("--out <folder>", "the study's own folder, runs included, instead of NAME-HASH");

export const setOption = (command: Command): Command =>
  command.addOption(
    new Option(
      "--set <field=value>",
      "another value for a field, such as grid.seeds=2; may be given several times",
    ).argParser((text: string, earlier: readonly Assignment[] = []) => [...earlier, readAssignment(text)]),
  );

interface Place {
  readonly root: string;
  readonly store?: string;
  readonly out?: string;
}

/** Where a study goes: one that is named by its folder goes on there; with other values it is another, beside it. */
const placeOf = async ({ folder }: WrittenStudy, { runs, store, out, set = [] }: StudyChoices): Promise<Place> => {
  const isTold = runs !== undefined || store !== undefined || out !== undefined;
  if (folder === undefined || isTold)
    return { root: runs ?? "runs", ...(store !== undefined && { store }), ...(out !== undefined && { out }) };
  const { readManifest, storeOf } = await import("./manifest.js");
  const place = { root: dirname(folder), store: relative("", storeOf(folder, readManifest(folder))) };
  return set.length > 0 ? place : { ...place, out: folder };
};

/** Does the study that a person names. */
export const doStudy = async (named: string, choices: StudyChoices, reproduce?: string): Promise<void> => {
  const { set = [], device, checkpointing, print, force, json } = choices;
  const { resolveStudy, writtenStudy } = await import("./file/read.js");
  const written = await writtenStudy(named);
  const sets = device ? [...set, readAssignment(`device=${device}`)] : set;
  const study = await resolveStudy(written, sets);
  if (print) {
    const { studyText } = await import("./file/text.js");
    await emit(json, study.file, () => [studyText(study.file)]);
    return;
  }
  const { root, store, out } = await placeOf(written, choices);
  const { checkStudyFiles } = await import("./layout.js");
  if (out !== undefined) checkStudyFiles(out, force);
  const { armsOf } = await import("./arms.js");
  const { progressLines } = await import("./progress.js");
  const { studyWords } = await import("./words.js");
  const { untilStopped } = await import("../stop.js");
  const arms = await armsOf(written, sets, study);
  const pagesOf = (files: readonly string[]) => files.filter((file) => /\.(html|json)$/.test(file)).join(", ");
  const onProgress = progressLines("training");
  const { onProgress: onStage } = progress("fitting");
  const onData = stagesOfData(onStage);
  const run = (signal: AbortSignal) => ({
    ...{ root, out, store, signal, checkpointing },
    ...{ onProgress, onStage, onData, onNote: note },
    say: json ? note : (line: string) => console.log(printable(line)),
    reproduce: reproduce ?? `npx isoflop study ${named}${set.map(({ text }) => ` --set '${text}'`).join("")}`,
  });
  if (arms) {
    const { runArms } = await import("./run-arms.js");
    const { comparedWords } = await import("./arms-words.js");
    const done = await untilStopped(onProgress.stopped, (signal) => runArms(study, arms, run(signal)));
    await emit(json, done.summary, () => [...comparedWords(done.summary), `written: ${pagesOf(done.files)}`]);
    return;
  }
  const { runStudy } = await import("./run.js");
  const { summary, files } = await untilStopped(onProgress.stopped, (signal) => runStudy({ ...run(signal), study }));
  // The document is summary.json itself.
  await emit(json, summary, () => [...studyWords(summary), `written: ${pagesOf(files)}`]);
};
