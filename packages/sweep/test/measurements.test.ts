import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { shapeScenes } from "@isoflop/data";
import { kind, number } from "@isoflop/spec";
import { createDevice } from "@isoflop/tensor";
import { metricSpec, metrics } from "@isoflop/train";
import * as v from "valibot";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { runSweep } from "../src/executor.js";
import { type MetricRequest, measurementLabel, metricRequest } from "../src/measurement.js";
import { fileRunStore } from "../src/node/run-store.js";
import { workerRunners } from "../src/node/worker-runners.js";
import type { SweepProgress } from "../src/progress.js";
import { type Runner, trainRunner } from "../src/runner.js";
import { runId, runSpec } from "../src/spec.js";
import { memoryRunStore } from "../src/store.js";
import { bundle } from "./bundle.js";
import { fakeRunner, openShapes, resultOf, tinyRun } from "./tiny.js";

const device = await createDevice("wasm", { wasm: { threads: 1 } });
afterAll(() => device.destroy());

let measured = 0;
metrics.add(
  kind({
    name: "weighed",
    options: { factor: v.optional(number(), 1) },
    build: ({ factor }) => ({
      async measure({ weights, spec }) {
        measured++;
        return { value: factor * weights.x_embedder.proj.weight.size, count: spec.steps };
      },
    }),
  }),
);
const weighed = (factor = 1, modules: MetricRequest["content"]["modules"] = []) =>
  metricRequest(metricSpec({ kind: "weighed", factor }), { modules });

const spec = runSpec(tinyRun());
const id = runId(spec);

/** Trains here, and counts how often. */
const counting = () => {
  const real = trainRunner({ device, openData: openShapes });
  const count = { trained: 0 };
  const runner: Runner = {
    ...real,
    run(...given) {
      count.trained++;
      return real.run(...given);
    },
  };
  return { count, runner };
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "isoflop-measured-"));
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(() => {
  measured = 0;
});

describe("metrics of a sweep", () => {
  it("are measured at a run's end, once, and one more never trains it again", async () => {
    const store = fileRunStore(folder);
    const { runner, count } = counting();
    const asked = [metricRequest(metricSpec({ kind: "validation", images: 128 })), weighed()];
    const [record] = await runSweep([spec], { store, runners: [runner], metrics: asked });
    expect(record).toMatchObject({ id, state: "done" });
    const found = await store.measurements(id);
    expect(found.map(({ metric, value, count }) => [metric.kind, value, count])).toEqual([
      ["validation", expect.closeTo(1.3, 0), 128],
      ["weighed", 8 * 3 * 8 * 8, 6],
    ]);
    expect(found[0]!.stdErr).toBeGreaterThan(0);
    await runSweep([spec], { store, runners: [runner], metrics: asked });
    const [again] = await runSweep([spec], { store, runners: [runner], metrics: [...asked, weighed(2)] });
    expect(again).toEqual(record);
    expect([count.trained, measured]).toEqual([1, 2]);
    expect((await store.measurements(id)).map(({ value }) => value)).toHaveLength(3);
    expect((await readdir(path.join(folder, id, "metrics"))).sort()).toEqual([
      expect.stringMatching(/^validation-[0-9a-f]{16}\.json$/),
      ...Array(2).fill(expect.stringMatching(/^weighed-[0-9a-f]{16}\.json$/)),
    ]);
  });

  it("are the end of a run, which is done once", async () => {
    const store = memoryRunStore();
    const { runner } = counting();
    const told: number[] = [];
    const options = { store, runners: [runner], onProgress: ({ done }: SweepProgress) => void told.push(done) };
    await runSweep([spec], { ...options, metrics: [weighed()] });
    expect(told.indexOf(1)).toBe(told.length - 1);
    told.length = 0;
    await runSweep([spec], { ...options, metrics: [weighed(), weighed(2)] });
    expect([told[0], told.indexOf(1)]).toEqual([0, told.length - 1]);
  });

  it("are other numbers by other options, data and modules, and the same wherever their modules lie", async () => {
    const store = memoryRunStore();
    const { runner } = counting();
    const ask = async (...requests: MetricRequest[]) => {
      await runSweep([spec], { store, runners: [runner], metrics: requests });
      return (await store.measurements(id)).length;
    };
    const [one, two] = ["1", "2"].map((digit) => digit.repeat(32)) as [string, string];
    expect(await ask(weighed())).toBe(1);
    expect(await ask(weighed(), weighed(3))).toBe(2);
    expect(await ask(weighed(1, [{ path: "a.ts", digest: one }]))).toBe(3);
    expect(await ask(weighed(1, [{ path: "elsewhere/a.ts", digest: one }]))).toBe(3);
    expect(await ask(weighed(1, [{ path: "a.ts", digest: two }]))).toBe(4);
  });

  it("may be of other data, which are held to what was asked for", async () => {
    const other = shapeScenes({ size: 16, seed: 5 });
    const metric = metricSpec({ kind: "validation", images: 64, data: { source: "shapes", seed: 5 } });
    const opened: unknown[] = [];
    const openData = async (data: unknown) => {
      opened.push(data);
      return opened.length === 1 ? openShapes() : other;
    };
    const store = memoryRunStore();
    const runners = [trainRunner({ device, openData })];
    await runSweep([spec], { store, runners, metrics: [metricRequest(metric, { data: other })] });
    expect(opened).toEqual([spec.data, { source: "shapes", size: 16, seed: 5 }]);
    const [own] = await store.measurements(id);
    expect(own!.card.metric).not.toHaveProperty("data");
    const lying = { metric, content: { data: "0".repeat(32), modules: [] } };
    await expect(runSweep([spec], { store, runners, metrics: [lying] })).rejects.toThrow(
      /is not the data that the metric "validation" was asked for on/,
    );
  });

  it("say which is measured, and that all is trained", async () => {
    const seen: SweepProgress[] = [];
    const { runner } = counting();
    await runSweep([spec], {
      ...{ store: memoryRunStore(), runners: [runner], metrics: [weighed()] },
      onProgress: (progress) => seen.push(progress),
    });
    const during = seen.find(({ running }) => running[0]?.measuring !== undefined)!;
    expect(during.running[0]).toMatchObject({ step: 6, measuring: "weighed" });
    expect(seen.at(-1)).toMatchObject({ done: 1, running: [] });
    expect(seen.at(-1)!.flopsDone).toBe(seen.at(-1)!.flopsTotal);
  });

  it("need the last checkpoint, a runner that measures, and a whole file", async () => {
    const store = fileRunStore(path.join(folder, "broken"));
    const done = fakeRunner(async () => resultOf(1));
    await runSweep([spec], { store, runners: [done] });
    await expect(runSweep([spec], { store, runners: [done], metrics: [weighed()] })).rejects.toThrow(
      "its runner has no measure",
    );
    const { runner } = counting();
    await expect(runSweep([spec], { store, runners: [runner], metrics: [weighed()] })).rejects.toThrow(
      `run ${id} has no checkpoint of its last step, 6, to be measured from; remove its folder to train it again`,
    );
    const [name] = await readdir(path.join(folder, id, "metrics"));
    const file = path.join(folder, id, "metrics", name!);
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replace('"numerics": 2', '"numerics": 1'));
    await expect(fileRunStore(folder).measurements(id)).rejects.toThrow(
      /is no measurement: its card belongs to .*\. Remove the file to measure again/,
    );
    await writeFile(file, text);
  });

  it("are the same from worker threads", async () => {
    const code = await bundle(["src/worker.ts"]);
    const runners = workerRunners({ count: 1, entry: pathToFileURL(path.join(code, "worker.js")) });
    const store = fileRunStore(path.join(folder, "threads"));
    await runSweep([spec], { store, runners });
    const asked = [metricRequest(metricSpec({ kind: "validation", images: 128 }))];
    await runSweep([spec], { store, runners, metrics: asked });
    for (const runner of runners) await runner.close();
    await rm(code, { recursive: true });
    const [there] = await store.measurements(id);
    const [here] = await fileRunStore(folder).measurements(id);
    expect(there!.value).toBe(here!.value);
  });
});

it("a number is called by its kind and options", () => {
  expect(measurementLabel({ kind: "validation", split: "other", images: 64 })).toBe(
    "validation(split=other images=64)",
  );
  expect(measurementLabel({ kind: "fid" })).toBe("fid");
  expect(measurementLabel({ kind: "fid", data: { source: "cifar10", size: 32 } })).toBe("fid(data=cifar10)");
  const emoji = (set?: string) =>
    measurementLabel({ kind: "fid", data: { source: "emoji", size: 16, ...(set && { set }) } });
  expect([emoji(), emoji("twemoji")]).toEqual(["fid(data=emoji)", "fid(data=emoji:twemoji)"]);
  const within = (objective: object) =>
    measurementLabel(metricSpec({ kind: "validation", images: 64, objective } as Parameters<typeof metricSpec>[0]));
  expect(within({ density: "uniform" })).toBe(
    "validation(split=validation images=64 objective=velocity-linear-uniform)",
  );
  expect(within({ preset: "ddpm" })).toBe(
    "validation(split=validation images=64 objective=noise-discrete-linear-1000-discrete-uniform-1000)",
  );
  expect(within({ weighting: { kind: "minSnr", gamma: 5 } })).toMatch(/=velocity-linear-min.*-5-logit-normal-0-1\)$/);
});
