import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { kind, positive } from "@isoflop/spec";
import { createDevice } from "@isoflop/tensor";
import { DivergedError, schedules } from "@isoflop/train";
import * as v from "valibot";
import { afterAll, describe, expect, it } from "vitest";
import type { ModuleContent } from "../src/content.js";
import { runSweep } from "../src/executor.js";
import { fileQueue } from "../src/node/file-queue.js";
import { fileRunStore } from "../src/node/run-store.js";
import { specToRun } from "../src/result.js";
import { trainRunner } from "../src/runner.js";
import { runners } from "../src/runners/index.js";
import { idOf, type RunSpec, runId, runSpec } from "../src/spec.js";
import { memoryRunStore } from "../src/store.js";
import { openShapes, tinyRun } from "./tiny.js";

const device = await createDevice("wasm", { wasm: { threads: 1 } });
const folder = await mkdtemp(path.join(os.tmpdir(), "isoflop-runners-"));
afterAll(async () => {
  device.destroy();
  await rm(folder, { recursive: true });
});
const trainHere = trainRunner({ device, openData: openShapes });

describe("a train function from outside", () => {
  runners.add(
    kind({
      name: "guess",
      options: { loss: v.optional(positive, 0.5) },
      build:
        ({ loss }) =>
        async ({ seed, steps }, { data, onProgress }) => {
          if (seed === 9) throw new DivergedError(0, 1, "the guess is wild");
          const step = { step: 0, loss, gradientNorm: 0, learningRate: 1 };
          await onProgress({ step: steps, metrics: [step] });
          return { loss: loss + data.captionLength, lossStdErr: 0.1, seconds: 2, flops: 7 };
        },
    }),
  );

  it("does the runs that name it, in the same store, with their place and data", async () => {
    const spec = runSpec(tinyRun({ runner: { kind: "guess", loss: 2 } }));
    const store = memoryRunStore();
    const [record] = await runSweep([spec], { store, runners: [trainHere] });
    expect(record).toMatchObject({
      state: "done",
      result: { loss: 8, lossStdErr: 0.1, seconds: 2, flops: 7, samples: 12, data: { name: "shapes-scenes-16" } },
    });
    expect(await store.metrics(runId(spec))).toHaveLength(1);
  });

  it("is part of the id, and the usual one is left unsaid", () => {
    const plain = runSpec(tinyRun());
    expect(plain).not.toHaveProperty("runner");
    for (const runner of ["train", { kind: "train" }] as const) expect(runSpec(tinyRun({ runner }))).toEqual(plain);
    const ids = [undefined, "guess", { kind: "guess", loss: 1 }].map((runner) =>
      runId(runner === undefined ? tinyRun() : tinyRun({ runner: runner as "guess" })),
    );
    expect(new Set(ids).size).toBe(3);
    expect(runSpec(tinyRun({ runner: { kind: "guess" } as never })).runner).toBe("guess");
    expect(() => runSpec(tinyRun({ runner: "gess" }))).toThrow(/spec\.runner is "gess"; .*did you mean "guess"/);
  });

  it("fails a run that it calls diverged", async () => {
    const [record] = await runSweep([runSpec(tinyRun({ runner: "guess", seed: 9 }))], {
      ...{ store: memoryRunStore(), runners: [trainHere] },
    });
    expect(record).toMatchObject({ state: "failed", failure: { code: "diverged" } });
  });
});

/** What a process would see that has not loaded the module of the schedule "cubic". */
const cubic = kind({ name: "cubic", options: {}, build: () => (left: number) => left ** 3 });

describe("a record of parts that are not known here", () => {
  const modules = [{ path: "/somewhere/cubic.ts", digest: "c".repeat(32) }];
  const content = { ...tinyRun().content, modules };
  const raw = { ...runSpec(tinyRun({ content })) } as RunSpec;
  const spec = { ...raw, optimizer: { ...raw.optimizer, shape: "cubic" } };
  const id = idOf(spec);
  const result = { loss: 0.5, lossStdErr: 0.1, params: 1, paramsNonEmbedding: 1, samples: 1, tokens: 1, flops: 1 };
  const found = { ...result, convention: "exactFused", seconds: 1, device: "d" };
  const data = { name: "n", package: null, pixelsSha256: null, content: "x" };
  const put = async (record: object, name = id): Promise<void> => {
    await mkdir(path.join(folder, name), { recursive: true });
    await writeFile(path.join(folder, name, "run.json"), JSON.stringify(record));
  };

  it("is read and listed, and refused where it is run", async () => {
    await put({ id, spec, state: "done", result: { ...found, data } });
    const store = fileRunStore(folder);
    const record = (await store.read(id))!;
    expect(record).toMatchObject({ id, spec, state: "done", result: { loss: 0.5 } });
    expect((await store.list()).map((one) => one.id)).toContain(id);
    expect(() => specToRun(record)).toThrow(
      /run [0-9a-f]{16} can be read and not be gone on with: it takes parts of \/somewhere\/cubic\.ts: load that module first \(spec\.optimizer\.shape is "cubic"/,
    );
    await expect(store.open(spec)).rejects.toThrow('spec.optimizer.shape is "cubic"');
  });

  it("waits in a queue, and is prepared before it is opened", async () => {
    const queue = fileQueue(path.join(folder, "queue"));
    await queue.enqueue([{ id, spec }]);
    expect((await queue.claim())?.spec).toEqual(spec);
    schedules.add(cubic);
    const fresh = { ...spec, seed: 5 };
    const prepared: string[] = [];
    const prepare = async (asked: readonly ModuleContent[]) => {
      prepared.push(...asked.map((module) => module.path));
    };
    const runner = trainRunner({ device, openData: openShapes, prepare });
    const [record] = await runSweep([fresh], { store: memoryRunStore(), runners: [runner], prepare });
    expect(record!.state).toBe("done");
    expect(prepared).toEqual(["/somewhere/cubic.ts", "/somewhere/cubic.ts"]);
    expect(await fileRunStore(folder).read(id)).not.toHaveProperty("frozen");
  });

  it("is told from one that was altered", async () => {
    const altered = { ...spec, seed: 3, optimizer: { ...spec.optimizer, shape: "quartic" } };
    await put({ id, spec: altered, state: "done", result: { ...found, data } });
    await expect(fileRunStore(folder).read(id)).rejects.toThrow(/is no record of run .*"quartic"/);
  });

  it("of a version before ids by content is read for fits, and says how to go on", async () => {
    const { content: _, ...old } = runSpec(tinyRun());
    const { content: __, ...seen } = data;
    const name = "0123456789abcdef";
    await put({ id: name, spec: old, state: "done", result: { ...found, data: seen } }, name);
    const record = (await fileRunStore(folder).read(name))!;
    expect(record).toMatchObject({ state: "done", result: { loss: 0.5, data: { content: "" } } });
    expect(() => specToRun(record)).toThrow(
      /it was made before runs were known by the content of their data; plan it again to go on, which begins anew under another id/,
    );
  });
});

it("a run goes on where its data lie elsewhere now", async () => {
  const store = fileRunStore(path.join(folder, "moved"));
  const spec = runSpec(tinyRun({ data: { source: "shapes" } }));
  await (await store.open(spec)).close();
  const elsewhere = runSpec({ ...spec, data: { source: "shapes", seed: 3 } });
  const run = await store.open(elsewhere);
  expect(run.record.id).toBe(runId(spec));
  await run.close();
  expect(JSON.parse(await readFile(path.join(folder, "moved", runId(spec), "run.json"), "utf8"))).toMatchObject({
    spec,
  });
});
