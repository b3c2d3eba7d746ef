import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { canonicalJson } from "@isoflop/train";
import { fileCheckpoints, writeAtomically } from "@isoflop/train/node";
import { SweepError } from "../errors.js";
import type { RunFailure, RunRecord, RunResult } from "../result.js";
import { type RunSpec, runId, runSpec } from "../spec.js";
import type { OpenRun, RunStore } from "../store.js";
import { ifMissing, withFiles } from "./files.js";
import { lockFolder } from "./lock.js";
import { appendMetrics, readMetrics } from "./metrics-log.js";

const ID = /^[0-9a-f]{16}$/;

/** @throws SweepError `store` if a record is not one, or not of its folder */
const parseRecord = (file: string, id: string, text: string): RunRecord => {
  let content: RunRecord;
  try {
    content = JSON.parse(text) as RunRecord;
    if (runId(content.spec) !== id) throw new Error(`its spec belongs to ${runId(content.spec)}`);
    if (!["unfinished", "done", "failed"].includes(content.state)) throw new Error(`its state is ${content.state}`);
  } catch (error) {
    const why = error instanceof Error ? error.message : error;
    throw new SweepError("store", `${file} is no record of run ${id}: ${why}. Remove the folder to do the run again`, {
      cause: error,
    });
  }
  return content;
};

const METRICS = "metrics.jsonl";

/** What a run writes while it goes on, in the folder of a run that the caller has opened. */
export const runFiles = (folder: string): Pick<OpenRun, "checkpoints" | "append"> => {
  const checkpoints = fileCheckpoints(path.join(folder, "checkpoints"));
  return {
    checkpoints: {
      save: (checkpoint) => withFiles(folder, () => checkpoints.save(checkpoint)),
      latest: () => withFiles(folder, () => checkpoints.latest()),
    },
    append: (metrics) => withFiles(folder, () => appendMetrics(path.join(folder, METRICS), metrics)),
  };
};

/** Temporary files of a process that was killed while it wrote. */
const removeRemains = (folder: string): Promise<void> =>
  withFiles(folder, async () => {
    for (const name of await readdir(folder))
      if (name.endsWith(".tmp")) await rm(path.join(folder, name), { force: true });
  });

/**
 * Runs as plain files: `ID/run.json` (spec, state, result), `ID/metrics.jsonl` and `ID/checkpoints/`. Everything is
 * written so that a process killed at any moment loses at most what came after the last checkpoint, and a run belongs
 * to one process at a time.
 *
 * All methods throw SweepError `store` if the folder cannot be read or written, or holds something else.
 */
export const fileRunStore = (folder: string): RunStore => {
  const recordFile = (id: string): string => path.join(folder, id, "run.json");
  const metricsFile = (id: string): string => path.join(folder, id, METRICS);

  const read = (id: string): Promise<RunRecord | undefined> =>
    withFiles(folder, async () => {
      const text = await readFile(recordFile(id), "utf8").catch(ifMissing(undefined));
      return text === undefined ? undefined : parseRecord(recordFile(id), id, text);
    });

  const write = (record: RunRecord): Promise<void> =>
    withFiles(folder, () => writeAtomically(recordFile(record.id), [`${JSON.stringify(record, undefined, 2)}\n`]));

  return {
    read,
    async list() {
      const names = await withFiles(folder, () => readdir(folder).catch(ifMissing([])));
      const records = await Promise.all(names.filter((name) => ID.test(name)).map(read));
      return records.flatMap((record) => record ?? []).sort((a, b) => (a.id < b.id ? -1 : 1));
    },
    metrics: (id) => withFiles(folder, () => readMetrics(metricsFile(id))),
    async open(input) {
      const spec = runSpec(input);
      const id = runId(spec);
      const mine = path.join(folder, id);
      const release = await withFiles(folder, async () => {
        await mkdir(mine, { recursive: true });
        return lockFolder(mine);
      });
      try {
        return await openLocked(id, spec, mine, release);
      } catch (error) {
        await release();
        throw error;
      }
    },
  };

  async function openLocked(id: string, spec: RunSpec, mine: string, release: () => Promise<void>): Promise<OpenRun> {
    await removeRemains(mine);
    const known = await read(id);
    if (known && canonicalJson(known.spec) !== canonicalJson(spec))
      throw new SweepError("store", `${mine} holds a run of another spec with the same id; choose another folder`);
    const record: RunRecord = known ?? { id, spec, state: "unfinished" };
    if (!known) await write(record);
    return {
      record,
      folder: mine,
      ...runFiles(mine),
      finish: (result: RunResult) => write({ id, spec, state: "done", result }),
      fail: (failure: RunFailure) => write({ id, spec, state: "failed", failure }),
      close: release,
    };
  }
};
