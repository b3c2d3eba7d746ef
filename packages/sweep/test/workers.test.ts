import { readdirSync, renameSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { shapeScenes } from "@isoflop/data";
import { createDevice } from "@isoflop/tensor";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { contentOf } from "../src/content.js";
import { runSweep } from "../src/executor.js";
import { fileRunStore } from "../src/node/run-store.js";
import { workerRunners } from "../src/node/worker-runners.js";
import type { RunRecord } from "../src/result.js";
import { type Runner, trainRunner } from "../src/runner.js";
import { runId, runSpec } from "../src/spec.js";
import { memoryRunStore } from "../src/store.js";
import { bundle } from "./bundle.js";
import { openShapes, tinyRun } from "./tiny.js";

const specs = [0, 1, 2].map((seed) => runSpec(tinyRun({ seed, steps: 40 })));

let code: string;
let folder: string;
let runners: readonly Runner[];
beforeAll(async () => {
  code = await bundle(["src/worker.ts"]);
});
afterAll(() => rm(code, { recursive: true }));
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "isoflop-workers-"));
  runners = workerRunners({ count: 2, entry: pathToFileURL(path.join(code, "worker.js")) });
});
afterEach(async () => {
  for (const runner of runners) await runner.close();
  await rm(folder, { recursive: true });
});

const withoutTime = (records: readonly RunRecord[]) =>
  records.map((record) => {
    if (record.state !== "done") throw new Error(`run ${record.id} is ${record.state}`);
    const { seconds: _, ...result } = record.result;
    return { ...record, result };
  });

describe("workerRunners", () => {
  it("find what this thread finds, to the bit", async () => {
    const store = fileRunStore(folder);
    const parallel = await runSweep(specs, { store, runners });
    using device = await createDevice("wasm", { wasm: { threads: 1 } });
    const here = memoryRunStore();
    const sequential = await runSweep(specs, { store: here, runners: [trainRunner({ device, openData: openShapes })] });
    expect(withoutTime(parallel)).toEqual(withoutTime(sequential));
    for (const { id } of parallel) {
      expect(await store.metrics(id)).toEqual(await here.metrics(id));
      expect((await store.losses(id))!.losses).toHaveLength(64);
      expect(await store.losses(id)).toEqual(await here.losses(id));
    }
  });

  it("compute blocks again where told, to the same result under the same id", async () => {
    const [spec] = specs as [(typeof specs)[0]];
    const again = workerRunners({
      ...{ count: 1, checkpointing: "blocks" },
      entry: pathToFileURL(path.join(code, "worker.js")),
    });
    try {
      const plain = await runSweep([spec], { store: fileRunStore(path.join(folder, "plain")), runners });
      const checked = await runSweep([spec], { store: fileRunStore(path.join(folder, "blocks")), runners: again });
      expect(withoutTime(checked)).toEqual(withoutTime(plain));
    } finally {
      for (const runner of again) await runner.close();
    }
    expect(() => workerRunners({ count: 1, checkpointing: "layers" as "blocks" })).toThrow(
      /options\.checkpointing is "layers"; it must be one of "none", "blocks"/,
    );
  });

  it("stop when told, save, and go on later", async () => {
    const store = fileRunStore(folder);
    const long = runSpec(tinyRun({ steps: 3000 }));
    const controller = new AbortController();
    const options = { store, runners };
    const stopped = runSweep([long], {
      ...options,
      signal: controller.signal,
      onProgress: ({ running }) => running[0]?.step && controller.abort(new Error("ctrl-c")),
    });
    await expect(stopped).rejects.toThrow("ctrl-c");
    const run = await store.open(long);
    const { checkpoint } = await run.checkpoints.latest();
    await run.close();
    expect(checkpoint!.step).toBeGreaterThan(0);
    expect(checkpoint!.step).toBeLessThan(3000);
    const [record] = await runSweep(specs.slice(0, 1), options);
    expect(record!.state).toBe("done");
  });

  it("stop when the run's lock is lost, and go on from the last checkpoint once it is free", async () => {
    const store = fileRunStore(folder);
    const long = runSpec(tinyRun({ steps: 2000 }));
    const run = path.join(folder, runId(long));
    let lost = 0;
    const [record] = await runSweep([long], {
      store,
      runners,
      onProgress({ running }) {
        if (!running[0]?.step || lost > 0) return;
        lost = running[0].step;
        for (const name of readdirSync(run))
          if (name.startsWith("lock~")) renameSync(path.join(run, name), path.join(run, "lock~gone~ab"));
      },
    });
    expect(lost).toBeGreaterThan(0);
    expect(record).toMatchObject({ state: "done" });
    expect(await store.metrics(runId(long))).toHaveLength(2000);
    expect(readdirSync(run).sort()).toEqual(["checkpoints", "losses.json.gz", "metrics.jsonl", "run.json"]);
  });

  it("tell a run that diverges from one that cannot start", async () => {
    const optimizer = { learningRate: 1e30, clip: 1e30, warmup: 0 };
    const store = fileRunStore(folder);
    const [failed] = await runSweep([runSpec(tinyRun({ steps: 40, optimizer }))], { store, runners });
    expect(failed).toMatchObject({
      state: "failed",
      failure: { code: "diverged", message: expect.stringContaining("1e+30") },
    });
    const large = { data: { source: "shapes", size: 32 }, content: contentOf(shapeScenes({ size: 32 })) } as const;
    const misfit = runSpec(tinyRun(large));
    await expect(runSweep([misfit], { store, runners })).rejects.toMatchObject({ name: "TrainError", code: "data" });
    expect(await store.read(runId(misfit))).toMatchObject({ state: "unfinished" });
  });

  it("refuse data that are not those of the spec, by whatever name they go", async () => {
    const store = fileRunStore(folder);
    const other = runSpec(tinyRun({ content: contentOf(shapeScenes({ size: 16, seed: 5 })) }));
    await expect(runSweep([other], { store, runners })).rejects.toMatchObject({
      code: "data",
      message: expect.stringMatching(/shapes-scenes-16 is not the data .* its fingerprint is [0-9a-f]{32}/),
    });
    expect(await store.read(runId(other))).toMatchObject({ state: "unfinished" });
  });

  it("report a thread that dies, and a module that is not there", async () => {
    const none = pathToFileURL(path.join(code, "none.js"));
    expect(() => workerRunners({ count: 1, entry: none })).toThrow(/there is no .*none\.js for a thread to run/);
    const broken = path.join(code, "broken.js");
    await writeFile(broken, 'throw new Error("of its own");');
    const dying = workerRunners({ count: 1, entry: pathToFileURL(broken) });
    const attempt = runSweep(specs.slice(0, 1), { store: fileRunStore(folder), runners: dying });
    await expect(attempt).rejects.toMatchObject({ code: "worker", message: expect.stringContaining("of its own") });
  });

  it("of a program that was bundled say which file was left behind, and what to do", async () => {
    const program = await bundle(["src/node.ts"]);
    const url = pathToFileURL(path.join(program, "node.js")).href;
    const bundled = (await import(url)) as typeof import("../src/node.js");
    expect(() => bundled.workerRunners({ count: 1 })).toThrow(
      expect.objectContaining({
        code: "worker",
        message: expect.stringMatching(/there is no .*worker\.js .*keep the package external, or give as entry/),
      }),
    );
    await rm(program, { recursive: true });
  });

  it("need files, and a whole number of threads", async () => {
    const attempt = runSweep(specs.slice(0, 1), { store: memoryRunStore(), runners });
    await expect(attempt).rejects.toThrow("open the runs with fileRunStore");
    for (const count of [0, 1.5, 1e9])
      expect(() => workerRunners({ count })).toThrow(
        `options.count is ${count}; it must be a whole number of at least 1 and of at most 1024`,
      );
    expect(() => workerRunners({ count: 1, thread: 2 } as { count: number })).toThrow(
      /unknown key "thread"; .*threads/,
    );
  });
});
