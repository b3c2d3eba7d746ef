import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { type DataSpec, type RunRecord, type RunSpec, specToRun } from "@isoflop/sweep";
import type { Checkpoint } from "@isoflop/train";
import { readCheckpoint } from "@isoflop/train/node";
import { inputError } from "../exit.js";
import { prepareModules } from "../modules/index.js";
import { StudyFolder } from "../study/folder.js";
import { dataNow, loadModulesOf } from "../study/moved.js";
import { printable } from "../words/printable.js";

export interface TrainedModel {
  readonly run: string;
  readonly spec: RunSpec;
  /** Where its data are now. */
  readonly data: DataSpec;
  readonly checkpoint: Checkpoint;
}

/**
 * The model of a run folder, of a study's held-out run, or of one `step-N` file of a run.
 * @throws CliError naming what is missing; TrainError `checkpoint` for a file that is cut short or altered
 */
export const findModel = async (path: string, onNote: (note: string) => void): Promise<TrainedModel> => {
  const file = /step-\d+\.(json|safetensors)$/.test(path) ? resolve(path) : undefined;
  const study = new StudyFolder(file ? dirname(dirname(file)) : resolve(path));
  const run = file ? study.path : runFolder(study, path);
  const [parent, id] = [dirname(run), basename(run)];
  const folder = new StudyFolder(parent, {}, parent);
  await loadModulesOf(study);
  const record = await knownRun(folder, id);
  if (!record) throw inputError(`${run} holds no run: it has no run.json; give the folder that "isoflop train" names`);
  const checkpoint = file
    ? await readCheckpoint(file.replace(/\.safetensors$/, ".json"))
    : await newest(folder, id, onNote);
  const spec = specToRun(record);
  return { run: id, spec, data: dataNow(study, spec), checkpoint };
};

/** The record of a run, with the modules that its parts come from loaded. */
const knownRun = async (folder: StudyFolder, id: string): Promise<RunRecord | undefined> => {
  const record = await folder.store.read(id);
  const modules = record?.spec.content.modules ?? [];
  if (modules.length === 0) return record;
  await prepareModules(modules);
  return folder.store.read(id);
};

const runFolder = (study: StudyFolder, given: string): string => {
  const { path: folder, manifest } = study;
  if (existsSync(join(folder, "run.json"))) return folder;
  const arms = manifest?.arms ?? [];
  if (arms.length > 0)
    throw inputError(
      `${given} is a study that compares; give one of ${printable(arms.map((arm) => join(given, arm.folder)).join(", "))}`,
    );
  const prediction = study.predictions().at(-1);
  if (prediction) return join(study.runs, prediction.run);
  const what = existsSync(folder) ? "has neither run.json nor prediction.json" : "does not exist";
  throw inputError(
    `${given} ${what}; give the folder of a run (as "isoflop train" names it) or of a study that has predicted`,
  );
};

const newest = async (folder: StudyFolder, id: string, onNote: (note: string) => void): Promise<Checkpoint> => {
  const { checkpoint, rejected } = await folder.checkpoint(id);
  if (!checkpoint) {
    const [first] = rejected;
    throw first ?? inputError(`${join(folder.runs, id)} has no checkpoint yet; train the run first`);
  }
  for (const { message } of rejected) onNote(`${message}; using the one before`);
  return checkpoint;
};
