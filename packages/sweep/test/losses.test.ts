import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { kind } from "@isoflop/spec";
import { createDevice } from "@isoflop/tensor";
import { pairedDifference, stratifiedMean } from "@isoflop/train";
import * as v from "valibot";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { runSweep } from "../src/executor.js";
import { pairedLosses, samplesOf, unlikeSamples, type ValidationLosses } from "../src/losses.js";
import { lossesIn } from "../src/node/losses.js";
import { fileRunStore } from "../src/node/run-store.js";
import { verifyRun } from "../src/node/verify.js";
import { trainRunner } from "../src/runner.js";
import { runners } from "../src/runners/index.js";
import { type RunSpecInput, runId, runSpec } from "../src/spec.js";
import { memoryRunStore, type RunStore } from "../src/store.js";
import { openShapes, resultOf, tinyRun } from "./tiny.js";

const device = await createDevice("wasm", { wasm: { threads: 1 } });
const root = await mkdtemp(path.join(os.tmpdir(), "isoflop-losses-"));
afterAll(async () => {
  device.destroy();
  await rm(root, { recursive: true });
});
let folder: string;
let count = 0;
beforeEach(() => {
  folder = path.join(root, String(count++));
});

const spec = runSpec(tinyRun());
const id = runId(spec);
const times = Float32Array.from({ length: 64 }, (_, i) => (i + 0.5) / 64);
const lossesOf = (of: (i: number) => number): ValidationLosses => ({
  samples: samplesOf(spec, "c".repeat(32)),
  times,
  losses: Float32Array.from({ length: 64 }, (_, i) => of(i)),
});
const some = lossesOf((i) => 0.2 + Math.sin(i) / 7);

describe.each<[string, () => RunStore]>([
  ["memoryRunStore", memoryRunStore],
  ["fileRunStore", () => fileRunStore(folder)],
])("%s", (_, create) => {
  it("keeps the loss of every validation sample with its time, to the bit, and the last of those it is given", async () => {
    const store = create();
    expect(await store.losses(id)).toBeUndefined();
    const run = await store.open(spec);
    expect(await store.losses(id)).toBeUndefined();
    await run.validated(lossesOf(() => 1));
    await run.validated(some);
    await run.finish(resultOf(0.25));
    await run.close();
    expect(await store.losses(id)).toEqual(some);
  });

  it.each([
    [{ ...some, losses: some.losses.subarray(1) }, "as many losses as samples.images says"],
    [{ ...some, times: times.subarray(1) }, "as many times as losses"],
    [{ ...some, times: times.slice().reverse() }, "times that ascend"],
    [lossesOf((i) => (i === 3 ? Number.NaN : 1)), "losses[3] is NaN; it must be a finite number"],
  ])("keeps nothing that could not be used: %#", async (wrong, message) => {
    const store = create();
    const run = await store.open(spec);
    await expect(run.validated(wrong)).rejects.toMatchObject({
      code: "record",
      message: expect.stringMatching(
        new RegExp(`the losses of run ${id} were not kept: .*${message.replace(/[[\]]/g, "\\$&")}`),
      ),
    });
    expect(await store.losses(id)).toBeUndefined();
    await run.close();
  });
});

describe("the file of losses", () => {
  const kept = async () => {
    const run = await fileRunStore(folder).open(spec);
    await run.validated(some);
    await run.close();
    return lossesIn(path.join(folder, id));
  };

  it("is JSON that says what it holds, in fewer bytes than the numbers have", async () => {
    const file = await kept();
    const { losses: written, ...about } = JSON.parse(gunzipSync(await readFile(file)).toString());
    expect(about).toMatchObject({ record: "validation-losses", run: id, samples: some.samples });
    expect(Float32Array.from(written)).toEqual(some.losses);
    expect((await stat(file)).size).toBeLessThan(64 * 10 + 300);
  });

  it.each<[string, (file: string) => Promise<void>, string]>([
    ["torn", async (file) => writeFile(file, (await readFile(file)).subarray(0, 200)), "unexpected end of file"],
    ["none", (file) => writeFile(file, "losses"), "incorrect header check"],
    ["another's", (file) => writeFile(file, edited(file, { run: "f".repeat(16) })), "it is of run ffffffffffffffff"],
    ["empty", (file) => writeFile(file, edited(file, { losses: [] })), "as many losses as samples.images says"],
    ["another record", (file) => writeFile(file, edited(file, { record: "run" })), 'record is "run"'],
  ])("that is %s is named", async (_, spoil, message) => {
    const file = await kept();
    content = JSON.parse(gunzipSync(await readFile(file)).toString());
    await spoil(file);
    await expect(fileRunStore(folder).losses(id)).rejects.toMatchObject({
      code: "record",
      message: expect.stringContaining(`${file} holds no losses of this run: `),
    });
    await expect(fileRunStore(folder).losses(id)).rejects.toThrow(message);
    const [fault] = await verifyRun(folder, id);
    expect(fault).toMatchObject({ of: "losses", message: expect.stringContaining(message) });
  });
  let content: object;
  const edited = (_: string, change: object): Uint8Array => gzipSync(JSON.stringify({ ...content, ...change }));

  it("is verified against the run's result, and missed by nobody where it never was", async () => {
    const run = await fileRunStore(folder).open(spec);
    const metrics = Array.from({ length: spec.steps }, (_, step) => ({
      step,
      loss: 1,
      gradientNorm: 1,
      learningRate: 1,
    }));
    await run.append(metrics);
    const result = {
      ...resultOf(stratifiedMean(some.losses).mean),
      data: { ...resultOf(1).data, content: "c".repeat(32) },
    };
    await run.finish(result);
    expect(await verifyRun(folder, id)).toEqual([]);
    await run.validated(some);
    expect(await verifyRun(folder, id)).toEqual([]);
    await run.validated(lossesOf(() => 0.5));
    expect(await verifyRun(folder, id)).toMatchObject([
      { of: "losses", message: expect.stringMatching(/the mean of its losses is 0\.5, and the run's loss is 0\.2/) },
    ]);
    await run.validated({ ...some, samples: { ...some.samples, split: "other" } });
    expect(await verifyRun(folder, id)).toMatchObject([
      { message: expect.stringContaining('samples.split was "other" and is "validation" by run.json') },
    ]);
    await run.close();
  });
});

describe("pairedLosses", () => {
  it("is the paired difference, where the samples are the same", () => {
    const other = lossesOf((i) => 0.21 + Math.sin(i) / 7);
    expect(pairedLosses(other, some)).toEqual(pairedDifference(other.losses, some.losses));
    expect(pairedLosses(other, some).mean).toBeCloseTo(0.01, 6);
  });

  it("is of runs with an uncertainty and without, whose loss is the same", () => {
    const told = (objective: RunSpecInput["objective"]) => samplesOf(runSpec({ ...tinyRun(), objective }), "c");
    expect(told({ preset: "edm2", uncertainty: {} })).toEqual(told("edm2"));
  });

  const { samples } = some;
  const objective = (change: object) => ({
    ...some,
    samples: { ...samples, objective: { ...samples.objective, ...change } },
  });
  it.each<[ValidationLosses, RegExp]>([
    [{ ...some, samples: { ...samples, data: "d".repeat(32) } }, /data is "d+" of the one and "c+" of the other/],
    [{ ...some, samples: { ...samples, split: "test" } }, /split is "test" of the one and "validation" of the other/],
    [{ ...some, samples: { ...samples, images: 128 } }, /images is 128 of the one and 64 of the other/],
    [{ ...some, samples: { ...samples, noise: 0 } }, /noise is 0 of the one and 1 of the other/],
    [
      objective({ density: { kind: "uniform" } }),
      /objective\.density is \{"kind":"uniform"\} of the one and .*logitNormal/,
    ],
    [objective({ weighting: { kind: "minSnr" } }), /objective\.weighting is \{"kind":"minSnr"\} of the one and/],
    [{ ...some, times: times.map((t) => t / 2) }, /time 0 is 0\.\d+ of the one and 0\.\d+ of the other/],
  ])("refuses samples that are not the same, and says why: %#", (other, message) => {
    expect(() => pairedLosses(other, some)).toThrow(message);
    expect(unlikeSamples(other, some)).toMatch(message);
  });
});

describe("runs", () => {
  const runner = trainRunner({ device, openData: openShapes });

  it("keep the losses of their result, and those of one validation can be paired whatever their seeds and sizes", async () => {
    const store = memoryRunStore();
    const specs = [spec, runSpec(tinyRun({ seed: 1, data: { source: "shapes" } }))];
    const [a, b] = await runSweep(specs, { store, runners: [runner] });
    const [one, other] = [(await store.losses(a!.id))!, (await store.losses(b!.id))!];
    if (a!.state !== "done" || b!.state !== "done") throw new Error("not done");
    expect(stratifiedMean(one.losses)).toEqual({ mean: a!.result.loss, stdErr: a!.result.lossStdErr });
    expect(one.samples).toEqual(samplesOf(spec, a!.result.data.content));
    const { mean, stdErr } = pairedLosses(one, other);
    expect(mean).toBeCloseTo(a!.result.loss - b!.result.loss, 6);
    expect(stdErr).toBeLessThan(Math.hypot(a!.result.lossStdErr, b!.result.lossStdErr) / 2);
  });

  it("of other train functions keep what these give", async () => {
    runners.add(
      kind({
        name: "told",
        options: { kept: v.optional(v.boolean(), true) },
        build:
          ({ kept }) =>
          async () => ({ loss: 1, lossStdErr: 0.1, seconds: 1, ...(kept && { validation: some }) }),
      }),
    );
    const store = memoryRunStore();
    const specs = [true, false].map((kept) => runSpec(tinyRun({ runner: { kind: "told", kept } as never })));
    const [a, b] = await runSweep(specs, { store, runners: [runner] });
    expect((await store.losses(a!.id))?.losses).toEqual(some.losses);
    expect(await store.losses(b!.id)).toBeUndefined();
    expect([a, b]).toMatchObject([{ state: "done" }, { state: "done" }]);
    expect(a!.state === "done" && a!.result).not.toHaveProperty("validation");
  });
});
