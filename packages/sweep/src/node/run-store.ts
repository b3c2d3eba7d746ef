import { readFile } from "node:fs/promises";
import path from "node:path";
import { canonicalJson } from "@isoflop/spec";
import { fileCheckpoints, listFolder, makeFolder } from "@isoflop/train/node";
import { SweepError } from "../errors.js";
import type { RunFailure, RunRecord, RunResult } from "../result.js";
import { identityOf, idOf, type RunSpec, runSpec } from "../spec.js";
import type { OpenRun, RunFiles, RunStore } from "../store.js";
import { fileFeatures } from "./features.js";
import type { Fence } from "./fence.js";
import { ifMissing, withFiles } from "./files.js";
import { type FolderLock, lockFolder } from "./lock.js";
import { lossesBytes, lossesIn, readLosses } from "./losses.js";
import { measurementFile, measurementsIn, measurementText, readMeasurements } from "./measurements.js";
import { appendMetrics, readMetrics } from "./metrics-log.js";
import { parseRecord, recordText } from "./record.js";
import { checkpointsIn, recordIn, removeHalves, tidyFinished } from "./remains.js";

const ID = /^[0-9a-f]{16}$/;

export const METRICS = "metrics.jsonl";

/** Names of the runs in a store's folder, in order. */
export const idsIn = async (folder: string): Promise<readonly string[]> =>
  (await withFiles(folder, () => listFolder(folder))).filter((name) => ID.test(name)).sort();

/** What a run writes while it goes on, in a folder that is behind `fence`. */
export const runFiles = (folder: string, fence: Fence): Omit<RunFiles, "files"> => {
  const checkpoints = fileCheckpoints(checkpointsIn(folder), { changes: fence });
  return {
    features: fileFeatures(path.dirname(folder)),
    checkpoints: {
      save: (checkpoint) => withFiles(folder, () => checkpoints.save(checkpoint)),
      latest: () => withFiles(folder, () => checkpoints.latest()),
      keep: (snapshot) => withFiles(folder, () => checkpoints.keep(snapshot)),
      snapshots: () => withFiles(folder, () => checkpoints.snapshots()),
    },
    append: (metrics) =>
      withFiles(folder, async () => {
        await fence.check();
        await appendMetrics(path.join(folder, METRICS), metrics);
      }),
    measured: (measurement) =>
      withFiles(folder, async () => {
        await makeFolder(measurementsIn(folder));
        await fence.write(measurementFile(folder, measurement), [measurementText(measurement)]);
      }),
    validated: (losses) =>
      withFiles(folder, async () => {
        await fence.write(lossesIn(folder), [await lossesBytes(path.basename(folder), losses)]);
      }),
  };
};

/**
 * Runs as plain files: `ID/run.json` (spec, state, result), `ID/metrics.jsonl`, `ID/checkpoints/`, `ID/metrics/` and
 * `ID/losses.json.gz`, the loss of every validation sample. Everything is written so that a process killed at any moment loses at most what came after the last checkpoint, and a run belongs
 * to one process at a time. What a killed process left is removed when its run is opened, or read after its end.
 *
 * All methods throw SweepError `store` if the folder cannot be read or written, `path` if there can be no such folder,
 * `record` if a run's folder holds something else; those of an open run throw `claim` once its lock is lost.
 */
export const fileRunStore = (folder: string): RunStore => {
  const folderOf = (id: string): string => path.join(folder, id);
  const recordFile = (id: string): string => recordIn(folderOf(id));

  const load = async (id: string): Promise<RunRecord | undefined> => {
    const text = await readFile(recordFile(id), "utf8").catch(ifMissing(undefined));
    return text === undefined ? undefined : parseRecord(recordFile(id), id, text);
  };

  const read = (id: string): Promise<RunRecord | undefined> =>
    withFiles(folder, async () => {
      const record = await load(id);
      // Someone who may only read leaves it as it is.
      if (record && record.state !== "unfinished") await tidyFinished(folderOf(id)).catch(() => {});
      return record;
    });

  const openLocked = async (id: string, spec: RunSpec, lock: FolderLock): Promise<OpenRun> => {
    const mine = folderOf(id);
    const write = async (record: RunRecord): Promise<void> => lock.write(recordFile(id), [recordText(record)]);
    await removeHalves(mine);
    const known = await load(id);
    // Data and modules may lie elsewhere now.
    if (known && canonicalJson(identityOf(known.spec)) !== canonicalJson(identityOf(spec)))
      throw new SweepError("record", `${mine} holds a run of another spec with the same id; choose another folder`);
    const record: RunRecord = known ?? { id, spec, state: "unfinished" };
    if (!known) await write(record);
    return {
      record,
      files: { folder: mine, lock: lock.lock },
      ...runFiles(mine, lock),
      finish: (result: RunResult) => write({ id, spec, state: "done", result }),
      fail: (failure: RunFailure) => write({ id, spec, state: "failed", failure }),
      close: () => lock.release(),
    };
  };

  return {
    read,
    async list() {
      const records: RunRecord[] = [];
      // One after the other: thousands of runs at once would be more open files than a process may have.
      for (const name of await idsIn(folder)) {
        const record = await read(name);
        if (record) records.push(record);
      }
      return records;
    },
    metrics: (id) => withFiles(folder, () => readMetrics(path.join(folderOf(id), METRICS))),
    measurements: (id) => withFiles(folder, () => readMeasurements(folderOf(id))),
    losses: (id) => withFiles(folder, () => readLosses(folderOf(id))),
    async open(input, options) {
      const spec = runSpec(input);
      const id = idOf(spec);
      const mine = folderOf(id);
      return withFiles(folder, async () => {
        // A run that has its end is tidied by this, so that no lock of nobody knows whom stands in the way of looking at it.
        await read(id);
        await makeFolder(mine);
        const lock = await lockFolder(mine, options);
        try {
          return await openLocked(id, spec, lock);
        } catch (error) {
          await lock.release();
          throw error;
        }
      });
    },
  };
};
