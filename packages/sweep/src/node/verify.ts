import { existsSync } from "node:fs";
import path from "node:path";
import { canonicalJson, differences } from "@isoflop/spec";
import { stratifiedMean, TrainError } from "@isoflop/train";
import { listCheckpoints, listSnapshots, readCheckpoint, storedSnapshot } from "@isoflop/train/node";
import { isSweepError } from "../errors.js";
import { samplesOf } from "../losses.js";
import type { RunRecord } from "../result.js";
import { trainingOf } from "../task.js";
import { withFiles } from "./files.js";
import { lossesIn, readLosses } from "./losses.js";
import { readMetrics } from "./metrics-log.js";
import { checkpointsIn } from "./remains.js";
import { METRICS } from "./run-store.js";
import { type StoredRun, storedRun } from "./stored.js";

/** Something that is not as it must be with a run. */
export interface RunFault {
  readonly of: "record" | "data" | "checkpoint" | "snapshot" | "metrics" | "losses";
  /** What is wrong. */
  readonly message: string;
  /** What to do. */
  readonly advice: string;
}

const AGAIN = "remove the run, and what needs it trains it again";

/**
 * Examines all files of a run without changing them: whether its record can be read and belongs to its id, says which data it saw, its
 * checkpoints and snapshots are whole and its own, its metrics log tells of every step, and its validation losses, where it has them, are those
 * of its result.
 * @returns what is wrong, nothing for a run that is not there
 * @throws SweepError `store` for files that are there and cannot be read
 */
export const verifyRun = async (store: string, id: string): Promise<readonly RunFault[]> => {
  const run = await storedRun(store, id);
  if (!run) return [];
  const { record, problem } = run;
  return withFiles(run.folder, async () => [
    // One that cannot be gone on with here may be whole all the same.
    ...(record ? [] : [ofRecord(run, problem ?? "it cannot be read")]),
    ...dataFaults(run),
    ...(await checkpointFaults(run.folder, record)),
    ...(await snapshotFaults(run.folder, record)),
    ...(record ? await metricsFaults(run.folder, record) : []),
    ...(await lossesFaults(run.folder, record)),
  ]);
};

const ofRecord = ({ state }: StoredRun, problem: string): RunFault => ({
  of: "record",
  message: problem,
  advice: state === "unreadable" ? AGAIN : `read it with the version that wrote it, or ${AGAIN}`,
});

const part = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

const dataFaults = ({ content, state }: StoredRun): readonly RunFault[] => {
  if (state === "unreadable" || typeof part(part(content.spec).content).data === "string") return [];
  const message = "it does not say which data it saw: spec.content.data is missing";
  return [{ of: "data", message, advice: `it was written by an earlier version; ${AGAIN}` }];
};

/** Whether its checkpoints say what they are of in words that are known here; other train functions have their own. */
const isKnown = ({ spec, frozen }: RunRecord): boolean => frozen === undefined && spec.runner === undefined;

const checkpointFaults = async (folder: string, record: RunRecord | undefined): Promise<readonly RunFault[]> => {
  const faults: RunFault[] = [];
  const whole: number[] = [];
  for (const file of await listCheckpoints(checkpointsIn(folder))) {
    try {
      const { step, spec } = await readCheckpoint(file);
      if (record && isKnown(record) && spec !== canonicalJson(trainingOf(record.spec)))
        faults.push({ of: "checkpoint", message: `${file} is of another run`, advice: `put it back, or ${AGAIN}` });
      else if (record && step > record.spec.steps)
        faults.push({
          of: "checkpoint",
          message: `${file} is of step ${step} of ${record.spec.steps}`,
          advice: "remove the file",
        });
      else whole.push(step);
    } catch (error) {
      if (!(error instanceof TrainError)) throw error;
      // A living owner removes old ones.
      if (!existsSync(file)) continue;
      faults.push({ of: "checkpoint", message: error.message, advice: "" });
    }
  }
  const newest = Math.max(0, ...whole);
  const instead =
    record?.state === "done"
      ? newest === record.spec.steps
        ? "remove the file; the last checkpoint is whole"
        : `its result stands, but nothing can be drawn from it; ${AGAIN}`
      : newest > 0
        ? `remove the file; the run goes on from step ${newest}`
        : "remove the file; the run begins anew";
  return faults.map((fault) => (fault.advice === "" ? { ...fault, advice: instead } : fault));
};

/** Snapshots are of no part in a run's result: without one, averages of other widths are farther from what they stand for. */
const snapshotFaults = async (folder: string, record: RunRecord | undefined): Promise<readonly RunFault[]> => {
  const advice = `remove the file: averages of other widths are then less exact; to have it, ${AGAIN}`;
  const faults: RunFault[] = [];
  for (const file of await listSnapshots(checkpointsIn(folder)))
    try {
      const snapshot = await storedSnapshot(file);
      await snapshot.read();
      if (record && isKnown(record) && snapshot.spec !== canonicalJson(trainingOf(record.spec)))
        faults.push({ of: "snapshot", message: `${file} is of another run`, advice: `put it back, or ${AGAIN}` });
    } catch (error) {
      if (!(error instanceof TrainError)) throw error;
      faults.push({ of: "snapshot", message: error.message, advice });
    }
  return faults;
};

/** Whoever goes on from a checkpoint tells of the steps after it again, and of those before never more. */
const metricsFaults = async (folder: string, { state, spec }: RunRecord): Promise<readonly RunFault[]> => {
  const file = path.join(folder, METRICS);
  const steps = (await readMetrics(file)).map(({ step }) => step);
  const manifests = state === "unfinished" ? await listCheckpoints(checkpointsIn(folder)) : [];
  const saved = manifests.map(stepOf);
  const expected = state === "done" ? spec.steps : Math.max(0, ...saved);
  const fault = (message: string): RunFault => ({
    of: "metrics",
    message: `${file} ${message}`,
    advice: `what it lacks is missing from training curves${state === "done" ? "; the result stands" : ""}; to have it, ${AGAIN}`,
  });
  const missing = steps.findIndex((step, i) => step !== i);
  const beyond = steps.find((step) => step >= spec.steps);
  return [
    ...(missing >= 0 ? [fault(`does not tell of step ${missing}`)] : []),
    ...(missing < 0 && steps.length < expected ? [fault(`ends at step ${steps.length} of ${expected}`)] : []),
    ...(beyond === undefined ? [] : [fault(`tells of step ${beyond} of a run of ${spec.steps}`)]),
  ];
};

/** How far apart two sums of the same f32 may be. */
const ROUNDING = 1e-12;

/** A run without them is one of before. Of other train functions nothing is known but that they can be read. */
const lossesFaults = async (folder: string, record: RunRecord | undefined): Promise<readonly RunFault[]> => {
  const advice = `remove the file: the result stands, and pairs with no other; to have it, ${AGAIN}`;
  try {
    const found = await readLosses(folder);
    if (!found || record?.state !== "done" || !isKnown(record)) return [];
    const { spec, result } = record;
    const unlike = differences(found.samples, samplesOf(spec, result.data.content), "samples").filter(
      (one) => !one.startsWith("samples.noise "),
    );
    if (unlike.length > 0) return [{ of: "losses", message: `${lossesIn(folder)}: ${unlike[0]} by run.json`, advice }];
    const { mean } = stratifiedMean(found.losses);
    if (Math.abs(mean - result.loss) <= ROUNDING * Math.abs(mean)) return [];
    const message = `${lossesIn(folder)}: the mean of its losses is ${mean}, and the run's loss is ${result.loss}`;
    return [{ of: "losses", message, advice }];
  } catch (error) {
    if (!isSweepError(error, "record")) throw error;
    return [{ of: "losses", message: error.message.replace(/\. Remove [^.]*$/, ""), advice }];
  }
};

const stepOf = (manifest: string): number => Number(/\d+(?=\.json$)/.exec(manifest)?.[0] ?? 0);
