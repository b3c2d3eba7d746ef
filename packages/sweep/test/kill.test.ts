import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { listCheckpoints, readCheckpoint } from "@isoflop/train/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fileRunStore } from "../src/node/run-store.js";
import { runId } from "../src/spec.js";
import { bundle } from "./bundle.js";
import { longRuns, sweepIn } from "./sweep-process.js";

let code: string;
let folder: string;
const children = new Set<ChildProcess>();
beforeAll(async () => {
  code = await bundle(["test/sweep-child.ts"]);
  folder = await mkdtemp(path.join(os.tmpdir(), "isoflop-kill-"));
});
afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await rm(code, { recursive: true });
  await rm(folder, { recursive: true });
});

/** Starts a sweep in a process of its own and kills it after so many reports, if it gets that far. */
const sweepUntil = (where: string, reports: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path.join(code, "sweep-child.js"), where], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    children.add(child);
    let seen = 0;
    child.stdout.on("data", (text: Buffer) => {
      seen += text.toString().split("\n").length - 1;
      if (seen >= reports) child.kill("SIGKILL");
    });
    child.once("error", reject);
    child.once("exit", () => {
      children.delete(child);
      resolve(seen);
    });
  });

const outcome = async (where: string) => {
  const store = fileRunStore(where);
  return Promise.all(
    longRuns.map(async (spec) => {
      const id = runId(spec);
      const record = await store.read(id);
      if (record?.state !== "done") throw new Error(`run ${id} is ${record?.state ?? "missing"}`);
      const { seconds: _, ...result } = record.result;
      const [newest] = await listCheckpoints(path.join(where, id, "checkpoints"));
      const { arrays } = await readCheckpoint(newest!);
      const bits = Object.entries(arrays).map(([name, { data }]) => [
        name,
        Buffer.from(data.buffer).toString("base64"),
      ]);
      return { result, metrics: await store.metrics(id), losses: await store.losses(id), bits };
    }),
  );
};

describe("a sweep in a folder", () => {
  it("killed at any moment, loses nothing: the end is bit for bit that of a quiet run", async () => {
    const killed = path.join(folder, "killed");
    for (const reports of [2, 7, 3, 12]) expect(await sweepUntil(killed, reports)).toBeGreaterThan(0);
    await sweepIn(killed, () => {});
    const quiet = path.join(folder, "quiet");
    await sweepIn(quiet, () => {});
    expect(await outcome(killed)).toEqual(await outcome(quiet));
    for (const spec of longRuns)
      expect((await readdir(path.join(killed, runId(spec)))).sort()).toEqual([
        "checkpoints",
        "losses.json.gz",
        "metrics.jsonl",
        "run.json",
      ]);
  });

  it("shared by two processes, does every run once", async () => {
    const shared = path.join(folder, "shared");
    await Promise.all([sweepUntil(shared, Infinity), sweepIn(shared, () => {})]);
    const runs = await outcome(shared);
    for (const { metrics } of runs) expect(metrics).toHaveLength(400);
    const store = fileRunStore(shared);
    expect((await store.list()).map(({ state }) => state)).toEqual(["done", "done"]);
  });
});
