import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { RunSpec } from "@isoflop/sweep";
import { fileRunStore } from "@isoflop/sweep/node";
import type { Checkpoint } from "@isoflop/train";
import { fileCheckpoints, readCheckpoint } from "@isoflop/train/node";
import { inputError } from "../exit.js";
import { readRecord } from "../files/read.js";

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
  const folder = file ? dirname(dirname(file)) : runFolder(resolve(path), path);
  const record = await fileRunStore(dirname(folder)).read(basename(folder));
  if (!record)
    throw inputError(`${folder} holds no run: it has no run.json; give the folder that "isoflop train" names`);
  const checkpoint = file
    ? await readCheckpoint(file.replace(/\.safetensors$/, ".json"))
    : await newest(folder, onNote);
  return { run: record.id, spec: record.spec, checkpoint };
};

const runFolder = (folder: string, given: string): string => {
  if (existsSync(join(folder, "run.json"))) return folder;
  const prediction = join(folder, "prediction.json");
  if (existsSync(prediction)) {
    const { run } = readRecord(prediction, "a study's prediction");
    return join(folder, "runs", String(run));
  }
  const what = existsSync(folder) ? "has neither run.json nor prediction.json" : "does not exist";
  throw inputError(
    `${given} ${what}; give the folder of a run (as "isoflop train" names it) or of a study that has predicted`,
  );
};

const newest = async (folder: string, onNote: (note: string) => void): Promise<Checkpoint> => {
  const { checkpoint, rejected } = await fileCheckpoints(join(folder, "checkpoints")).latest();
  if (!checkpoint) {
    const [first] = rejected;
    throw first ?? inputError(`${folder} has no checkpoint yet; train the run first`);
  }
  for (const { message } of rejected) onNote(`${message}; using the one before`);
  return checkpoint;
};
