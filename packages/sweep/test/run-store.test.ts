import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { StepMetrics } from "@isoflop/train";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withFiles } from "../src/node/files.js";
import { fileRunStore } from "../src/node/run-store.js";
import { runId, runSpec } from "../src/spec.js";
import { memoryRunStore, type RunStore } from "../src/store.js";
import { resultOf, tinyRun } from "./tiny.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "isoflop-runs-"));
});
afterEach(() => rm(folder, { recursive: true }));

const spec = runSpec(tinyRun());
const id = runId(spec);
const entry = (step: number, loss = step / 10): StepMetrics => ({ step, loss, gradientNorm: 1, learningRate: 0.1 });
const checkpoint = { step: 3, seconds: 1, spec: "{}", arrays: { a: { shape: [1], data: Float32Array.of(2) } } };

describe.each<[string, () => RunStore]>([
  ["memoryRunStore", memoryRunStore],
  ["fileRunStore", () => fileRunStore(path.join(folder, "runs"))],
])("%s", (_, create) => {
  it("knows nothing at first", async () => {
    const store = create();
    expect(await store.read(id)).toBeUndefined();
    expect(await store.list()).toEqual([]);
    expect(await store.metrics(id)).toEqual([]);
  });

  it("keeps spec, metrics, checkpoints and result of a run", async () => {
    const store = create();
    const run = await store.open(spec);
    expect(run.record).toEqual({ id, spec, state: "unfinished" });
    await run.append([entry(0), entry(1)]);
    await run.append([entry(2)]);
    await run.checkpoints.save(checkpoint);
    expect(await store.read(id)).toEqual({ id, spec, state: "unfinished" });
    await run.finish(resultOf(0.25));
    await run.close();
    const done = { id, spec, state: "done", result: resultOf(0.25) };
    expect(await store.read(id)).toEqual(done);
    expect(await store.list()).toEqual([done]);
    const again = await store.open(spec);
    expect(again.record).toEqual(done);
    expect((await again.checkpoints.latest()).checkpoint).toEqual(checkpoint);
    expect(await store.metrics(id)).toEqual([entry(0), entry(1), entry(2)]);
    await again.close();
  });

  it("keeps a failure", async () => {
    const store = create();
    const run = await store.open(spec);
    await run.fail({ code: "diverged", message: "the loss of step 1 is NaN" });
    await run.close();
    expect(await store.read(id)).toMatchObject({ state: "failed", failure: { code: "diverged" } });
  });

  it("lets steps that are done again replace what was said about them", async () => {
    const store = create();
    const run = await store.open(spec);
    await run.append([entry(0), entry(1), entry(2, 9)]);
    await run.append([entry(2), entry(3)]);
    expect(await store.metrics(id)).toEqual([entry(0), entry(1), entry(2), entry(3)]);
    await run.close();
  });

  it("gives a run to one at a time", async () => {
    const store = create();
    const run = await store.open(spec);
    await expect(store.open(spec)).rejects.toMatchObject({ code: "busy" });
    await (await store.open(runSpec(tinyRun({ seed: 1 })))).close();
    await run.close();
    await (await store.open(spec)).close();
  });
});

describe("fileRunStore", () => {
  const fileOf = (name: string) => path.join(folder, id, name);

  it("lays a run out as plain files", async () => {
    const run = await fileRunStore(folder).open(spec);
    await run.append([entry(0)]);
    await run.checkpoints.save(checkpoint);
    await run.close();
    expect((await readdir(path.join(folder, id))).sort()).toEqual(["checkpoints", "metrics.jsonl", "run.json"]);
    expect(await readFile(fileOf("metrics.jsonl"), "utf8")).toBe(`${JSON.stringify(entry(0))}\n`);
    expect(JSON.parse(await readFile(fileOf("run.json"), "utf8"))).toEqual({ id, spec, state: "unfinished" });
  });

  it("removes what a killed process was writing", async () => {
    const store = fileRunStore(folder);
    await (await store.open(spec)).close();
    await writeFile(fileOf("run.json.1.ab.tmp"), "{");
    await (await store.open(spec)).close();
    expect(await readdir(path.join(folder, id))).toEqual(["run.json"]);
  });

  it("loses nothing but the torn line itself", async () => {
    const store = fileRunStore(folder);
    const run = await store.open(spec);
    await run.append([entry(0)]);
    await appendFile(fileOf("metrics.jsonl"), '{"step":1,"loss":0.');
    expect(await store.metrics(id)).toEqual([entry(0)]);
    await run.append([entry(1), entry(2)]);
    expect(await store.metrics(id)).toEqual([entry(0), entry(1), entry(2)]);
    await run.close();
  });

  it.each([
    ["{", "is no record of run"],
    ['{"state":"done"}', "Remove the folder to do the run again"],
    [JSON.stringify({ spec: tinyRun({ seed: 8 }), state: "done" }), "its spec belongs to"],
    [JSON.stringify({ spec: tinyRun(), state: "finished" }), "its state is finished"],
  ])("says what is wrong with a record of %s", async (text, message) => {
    const store = fileRunStore(folder);
    await (await store.open(spec)).close();
    await writeFile(fileOf("run.json"), text);
    await expect(store.read(id)).rejects.toThrow(message);
    await expect(store.open(spec)).rejects.toMatchObject({ code: "store" });
    expect((await readdir(path.join(folder, id))).filter((name) => name.startsWith("lock"))).toEqual([]);
  });

  it("says in one line that a path is not a folder", async () => {
    await writeFile(path.join(folder, "file"), "");
    const attempt = fileRunStore(path.join(folder, "file", "runs")).open(spec);
    await expect(attempt).rejects.toMatchObject({
      code: "store",
      message: expect.stringContaining("is a file, not a folder"),
    });
  });

  it.each([
    ["EACCES", "may not write there"],
    ["EROFS", "the file system is read-only"],
    ["EDQUOT", "the disk quota is used up"],
  ])("says in one line what %s means", async (code, message) => {
    const cause = Object.assign(new Error("of the system"), { code });
    const attempt = withFiles("runs", () => Promise.reject(cause));
    await expect(attempt).rejects.toMatchObject({ code: "store", cause, message: expect.stringContaining(message) });
  });

  it.runIf(process.platform === "linux")("says in one line that the disk is full", async () => {
    const full = withFiles("runs", () => writeFile("/dev/full", "x"));
    await expect(full).rejects.toMatchObject({ code: "store", message: expect.stringContaining("no space is left") });
  });
});
