import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { type RunRecord, type RunSpec, specToRun } from "@isoflop/sweep";
import type { Checkpoint } from "@isoflop/train";
import { readCheckpoint } from "@isoflop/train/node";
import { inputError } from "../exit.js";
import { prepareModules } from "../modules/index.js";
import { StudyFolder } from "../study/folder.js";

export interface TrainedModel {
  readonly run: string;
  readonly spec: RunSpec;
  readonly checkpoint: Checkpoint;
}

/**
 * The model of a run folder, of a study's held-out run, or of one `step-N` file of a run.
 * @throws CliError naming what is missing; TrainError `checkpoint` for a file that is cut short or altered
 */
export const findModel = async (path: string, onNote: (note: string) => void): Promise<TrainedModel> => {
  const file = /step-\d+\.(json|safetensors)$/.test(path) ? resolve(path) : undefined;
  const run = file ? dirname(dirname(file)) : runFolder(resolve(path), path);
  const [parent, id] = [dirname(run), basename(run)];
  const folder = new StudyFolder(parent, {}, parent);
  const record = await knownRun(folder, id);
  if (!record) throw inputError(`${run} holds no run: it has no run.json; give the folder that "isoflop train" names`);
  const checkpoint = file
    ? await readCheckpoint(file.replace(/\.safetensors$/, ".json"))
    : await newest(folder, id, onNote);
  return { run: id, spec: specToRun(record), checkpoint };
};

/** The record of a run, with the modules that its parts come from loaded. */
const knownRun = async (folder: StudyFolder, id: string): Promise<RunRecord | undefined> => {
  const record = await folder.store.read(id);
  const modules = record?.spec.content.modules ?? [];
  if (modules.length === 0) return record;
  await prepareModules(modules);
  return folder.store.read(id);
};

const runFolder = (folder: string, given: string): string => {
  if (existsSync(join(folder, "run.json"))) return folder;
  const study = new StudyFolder(folder);
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
