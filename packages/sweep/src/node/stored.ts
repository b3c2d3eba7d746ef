import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import type { StepMetrics } from "@isoflop/train";
import type { RunRecord } from "../result.js";
import { ifMissing, withFiles } from "./files.js";
import { type Holder, holdersOf } from "./holders.js";
import { lastMetrics } from "./metrics-log.js";
import { checkedRecord } from "./record.js";
import { recordIn } from "./remains.js";
import { METRICS } from "./run-store.js";

/** A run as it lies in a store, of whatever version, whoever works on it. */
export interface StoredRun {
  readonly id: string;
  readonly folder: string;
  /** `unreadable`: its `run.json` is missing or holds nothing of that kind. */
  readonly state: RunRecord["state"] | "unreadable";
  /** What its `run.json` holds, as it stands. */
  readonly content: Readonly<Record<string, unknown>>;
  /** The record, where this version reads it with the parts that are registered. */
  readonly record?: RunRecord;
  /** Why it does not, or why such a run cannot be gone on with here. */
  readonly problem?: string;
  /** Steps that the metrics log tells of. */
  readonly steps: number;
  /** What it says of the last one. */
  readonly latest?: StepMetrics;
  /** Of all its files. */
  readonly bytes: number;
  /** When something was written there last, in milliseconds since 1970. */
  readonly changed: number;
  readonly holders: readonly Holder[];
}

/**
 * Looks at a run without a lock and without changing anything; undefined where there is none.
 * @throws SweepError `store` if its folder is there and cannot be read
 */
export const storedRun = (store: string, id: string): Promise<StoredRun | undefined> => {
  const folder = path.join(store, id);
  return withFiles(folder, async () => {
    const there = await stat(folder).catch(ifMissing(undefined));
    if (!there?.isDirectory()) return undefined;
    const text = await readFile(recordIn(folder), "utf8").catch(ifMissing(undefined));
    const latest = await lastMetrics(path.join(folder, METRICS));
    const holders = await holdersOf(folder);
    const { bytes, changed } = await extentOf(folder);
    const what = text === undefined ? { problem: "it has no run.json" } : known(id, text);
    return {
      ...{ id, folder, state: "unreadable", content: {}, ...what },
      ...{ steps: latest ? latest.step + 1 : 0, ...(latest && { latest }), holders },
      ...{ bytes, changed: changed || there.mtimeMs },
    };
  });
};

const STATES: readonly unknown[] = ["unfinished", "done", "failed"] satisfies RunRecord["state"][];

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const known = (id: string, text: string): Partial<Pick<StoredRun, "state" | "content" | "record" | "problem">> => {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    return { problem: `its run.json is no JSON: ${(error as Error).message}` };
  }
  if (!isRecord(content) || !STATES.includes(content.state))
    return { problem: "its run.json holds no record of a run" };
  const about = { content, state: content.state as RunRecord["state"] };
  try {
    const record = checkedRecord(id, text);
    return { ...about, record, ...(record.frozen !== undefined && { problem: record.frozen }) };
  } catch (error) {
    return { ...about, problem: (error as Error).message };
  }
};

/** Files come and go while a run is trained. */
const extentOf = async (folder: string): Promise<{ readonly bytes: number; readonly changed: number }> => {
  let [bytes, changed] = [0, 0];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }).catch(ifMissing([]))) {
    if (!entry.isFile()) continue;
    const found = await stat(path.join(entry.parentPath, entry.name)).catch(ifMissing(undefined));
    bytes += found?.size ?? 0;
    changed = Math.max(changed, found?.mtimeMs ?? 0);
  }
  return { bytes, changed };
};
