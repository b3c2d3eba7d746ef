import { appendFile, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { conventions, stepFlops } from "@isoflop/flops";
import type { StepMetrics } from "@isoflop/train";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { samplesOf } from "../src/losses.js";
import { lockName } from "../src/node/lock-name.js";
import { thisProcess } from "../src/node/process.js";
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

  it("keeps the loss by noise level, where a result says it", async () => {
    const store = create();
    const run = await store.open(spec);
    const lossBins = [{ from: 0, to: 1, mean: 0.25, stdErr: 0.01 }];
    await run.finish({ ...resultOf(0.25), lossBins });
    await run.close();
    expect(await store.read(id)).toMatchObject({ result: { ...resultOf(0.25), lossBins } });
  });

  it("keeps snapshots beside checkpoints", async () => {
    const store = create();
    const run = await store.open(spec);
    const arrays = { "average.a": { shape: [1], data: Float32Array.of(3) } };
    await run.checkpoints.keep!({ step: 4, width: 0.05, spec: "{}", arrays });
    await run.checkpoints.save(checkpoint);
    const [snapshot] = await run.checkpoints.snapshots!();
    expect(snapshot).toMatchObject({ step: 4, width: 0.05, spec: "{}" });
    expect(await snapshot!.read()).toEqual(arrays);
    await run.close();
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

describe("memoryRunStore", () => {
  it("takes the metrics of a long run in one go", async () => {
    const run = await memoryRunStore().open(spec);
    await run.append(Array.from({ length: 300_000 }, (_, step) => entry(step)));
    await run.close();
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

  /** What processes that were killed leave behind, and files of someone else. */
  const remains = () => [
    lockName({ ...thisProcess(), start: "1" }),
    lockName({ ...thisProcess(), namespace: "7-7" }),
    "lock~vm~99999~1~abcdef",
    "lock~gone~0123456789abcdef",
    "run.json.99999.abcdef01.tmp",
    "losses.json.gz.99999.abcdef01.tmp",
    "checkpoints/step-000000003.safetensors.99999.abcdef01.tmp",
    "checkpoints/step-000000004.json.99999.abcdef01.tmp",
  ];
  const foreign = ["lock~%~1~2~ab", "notes.99999.abcdef01.tmp", "run.json.tmp", "checkpoints/step-3.tmp"];
  const leave = async (names: readonly string[]): Promise<void> => {
    await mkdir(fileOf("checkpoints"), { recursive: true });
    for (const name of names) await writeFile(fileOf(name), "left");
  };
  const files = async (): Promise<readonly string[]> => {
    const entries = await readdir(path.join(folder, id), { recursive: true });
    return entries.filter((name) => name !== "checkpoints").sort();
  };

  it("removes what killed processes were writing when the run is opened", async () => {
    const store = fileRunStore(folder);
    await (await store.open(spec)).close();
    await leave([...remains().filter((name) => !/^lock~.*(7-7|vm)/.test(name)), ...foreign]);
    await (await store.open(spec)).close();
    expect(await files()).toEqual(["run.json", ...foreign].sort());
  });

  it.each([
    ["done", "read"],
    ["failed", "read"],
    ["done", "opened"],
  ])("removes what killed processes left when a run that is %s is %s", async (end, how) => {
    const store = fileRunStore(folder);
    const run = await store.open(spec);
    if (end === "done") await run.finish(resultOf(0.25));
    else await run.fail({ code: "diverged", message: "the loss of step 1 is NaN" });
    await run.close();
    await leave([...remains(), ...foreign]);
    if (how === "read") expect(await store.list()).toMatchObject([{ state: end }]);
    else await (await store.open(spec)).close();
    expect(await files()).toEqual(["run.json", ...foreign].sort());
  });

  it("leaves the lock of a living process alone when its run is read", async () => {
    const store = fileRunStore(folder);
    const run = await store.open(spec);
    await run.finish(resultOf(0.25));
    await store.read(id);
    expect(await readdir(path.join(folder, id))).toContain(path.basename(run.files!.lock));
    await run.close();
  });

  it("records nothing that it could not read again", async () => {
    const store = fileRunStore(path.join(folder, "runs"));
    const run = await store.open(spec);
    const refused = { code: "record", message: expect.stringContaining(`run ${id} was not recorded: result.loss`) };
    await expect(run.finish(resultOf(Number.NaN))).rejects.toMatchObject(refused);
    expect(await store.read(id)).toMatchObject({ state: "unfinished" });
    await run.finish(resultOf(0.25));
    await run.close();
    expect(await store.read(id)).toMatchObject({ state: "done" });
  });

  it("lets an owner who lost the lock change nothing, and says so", async () => {
    const store = fileRunStore(folder);
    const run = await store.open(spec);
    await run.checkpoints.save(checkpoint);
    await run.append([entry(0)]);
    await rename(run.files!.lock, fileOf("lock~gone~ab"));
    const heir = await store.open(spec);
    await heir.checkpoints.save({ ...checkpoint, step: 9 });
    const before = await files();
    const lost = { name: "SweepError", code: "claim", message: expect.stringContaining("was lost") };
    await expect(run.append([entry(1)])).rejects.toMatchObject(lost);
    await expect(run.checkpoints.save({ ...checkpoint, step: 5 })).rejects.toMatchObject(lost);
    const samples = samplesOf(spec, "");
    const one = Float32Array.of(0.5);
    const losses = { samples: { ...samples, images: 1 }, times: one, losses: one };
    await expect(run.validated(losses)).rejects.toMatchObject(lost);
    await expect(run.finish(resultOf(1))).rejects.toMatchObject(lost);
    await expect(run.fail({ code: "diverged", message: "no" })).rejects.toMatchObject(lost);
    await run.close();
    expect(await files()).toEqual(before);
    expect((await heir.checkpoints.latest()).checkpoint?.step).toBe(9);
    expect(await store.read(id)).toMatchObject({ state: "unfinished" });
    await heir.close();
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
    ["null", "it holds no record"],
    [JSON.stringify({ spec: tinyRun(), state: "finished" }), 'state is "finished"'],
    [JSON.stringify({ spec: tinyRun(), state: "done" }), "result is missing"],
    [
      JSON.stringify({ spec: tinyRun(), state: "done", result: { ...resultOf(1), loss: "low" } }),
      'result.loss is "low"',
    ],
    [
      JSON.stringify({ spec: tinyRun(), state: "done", result: { ...resultOf(1), lossBins: [{ from: 0 }] } }),
      "result.lossBins[0].to is missing",
    ],
    [JSON.stringify({ spec: tinyRun(), state: "failed", failure: { code: "diverged" } }), "failure.message is missing"],
  ])("says what is wrong with a record of %s", async (text, message) => {
    const store = fileRunStore(folder);
    await (await store.open(spec)).close();
    await writeFile(fileOf("run.json"), text);
    await expect(store.read(id)).rejects.toThrow(message);
    await expect(store.open(spec)).rejects.toMatchObject({ code: "record" });
    await expect(store.list()).rejects.toMatchObject({ code: "record" });
    expect((await readdir(path.join(folder, id))).filter((name) => name.startsWith("lock"))).toEqual([]);
  });

  it("reads a result that names no convention with the FLOPs of this one", async () => {
    const store = fileRunStore(folder);
    await (await store.open(spec)).close();
    const { convention: _, ...older } = resultOf(0.25);
    await writeFile(fileOf("run.json"), JSON.stringify({ id, spec, state: "done", result: { ...older, flops: 7 } }));
    const flops = spec.steps * stepFlops(spec.model, spec.batch, conventions.exactFused);
    const result = { ...older, flops, convention: "exactFused" };
    expect(await store.read(id)).toEqual({ id, spec, state: "done", result });
  });

  it("lists runs by id", async () => {
    const store = fileRunStore(folder);
    const seeds = Array.from({ length: 20 }, (_, seed) => runSpec(tinyRun({ seed })));
    for (const each of seeds) await (await store.open(each)).close();
    expect((await store.list()).map((record) => record.id)).toEqual(seeds.map((each) => runId(each)).sort());
  });
});
