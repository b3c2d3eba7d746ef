import { DivergedError } from "@isoflop/train";
import { describe, expect, it } from "vitest";
import { SweepError } from "../src/errors.js";
import { runSweep } from "../src/executor.js";
import type { SweepProgress } from "../src/progress.js";
import { memoryQueue } from "../src/queue.js";
import type { Runner } from "../src/runner.js";
import { runId, runSpec } from "../src/spec.js";
import { memoryRunStore } from "../src/store.js";
import { fakeRunner, resultOf, tinyRun } from "./tiny.js";

const specs = [0, 1, 2, 3].map((seed) => runSpec(tinyRun({ seed })));
const entry = (step: number) => ({ step, loss: 1, gradientNorm: 1, learningRate: 1 });

/** Notes which seeds it was given, does two steps, and takes a moment. */
const recorder = (seen: number[], moment = 1): Runner =>
  fakeRunner(async (spec, { onProgress, run, signal }) => {
    seen.push(spec.seed);
    for (let step = 0; step < spec.steps; step++) {
      await run.append([entry(step)]);
      onProgress({ step: step + 1, metrics: [entry(step)] });
      await new Promise((resolve) => setTimeout(resolve, moment));
      signal.throwIfAborted();
    }
    return resultOf(spec.seed);
  });

describe("runSweep", () => {
  it("does every run once, in order, and nothing when called again", async () => {
    const store = memoryRunStore();
    const seen: number[] = [];
    const records = await runSweep(specs, { store, runners: [recorder(seen)] });
    expect(seen).toEqual([0, 1, 2, 3]);
    expect(records).toEqual(specs.map((spec, i) => ({ id: runId(spec), spec, state: "done", result: resultOf(i) })));
    expect(await runSweep(specs, { store, runners: [recorder(seen)] })).toEqual(records);
    expect(seen).toHaveLength(4);
  });

  it("does a spec that is asked for twice once", async () => {
    const seen: number[] = [];
    const twice = [specs[0]!, specs[1]!, specs[0]!];
    const records = await runSweep(twice, { store: memoryRunStore(), runners: [recorder(seen)] });
    expect(seen).toEqual([0, 1]);
    expect(records.map(({ id }) => id)).toEqual(twice.map(runId));
  });

  it("does as many runs at once as there are runners", async () => {
    let [now, most] = [0, 0];
    const runner = () =>
      fakeRunner(async (spec) => {
        most = Math.max(most, ++now);
        await new Promise((resolve) => setTimeout(resolve, 20));
        now--;
        return resultOf(spec.seed);
      });
    const records = await runSweep(specs, { store: memoryRunStore(), runners: [runner(), runner()] });
    expect(most).toBe(2);
    expect(records.every(({ state }) => state === "done")).toBe(true);
  });

  it("goes on where it was stopped", async () => {
    const store = memoryRunStore();
    const seen: number[] = [];
    const controller = new AbortController();
    const stopped = runSweep(specs, {
      store,
      runners: [recorder(seen)],
      signal: controller.signal,
      onProgress({ done, running }) {
        if (done === 1 && running[0]?.step === 3) controller.abort(new Error("ctrl-c"));
      },
    });
    await expect(stopped).rejects.toThrow("ctrl-c");
    expect(seen).toEqual([0, 1]);
    expect(await store.read(runId(specs[1]!))).toMatchObject({ state: "unfinished" });
    await runSweep(specs, { store, runners: [recorder(seen)] });
    expect(seen).toEqual([0, 1, 1, 2, 3]);
  });

  it("records a run that diverges, goes on with the others, and does not try it again", async () => {
    const store = memoryRunStore();
    let attempts = 0;
    const runner = fakeRunner(async ({ seed }) => {
      attempts++;
      if (seed === 1) throw new DivergedError(7, 0.5, "the loss of step 7 is NaN");
      return resultOf(seed);
    });
    const records = await runSweep(specs, { store, runners: [runner] });
    expect(records.map(({ state }) => state)).toEqual(["done", "failed", "done", "done"]);
    expect(records[1]).toMatchObject({
      failure: { code: "diverged", message: expect.stringContaining("step 7 is NaN") },
    });
    await runSweep(specs, { store, runners: [runner] });
    expect(attempts).toBe(4);
  });

  it("stops everything at any other error and loses nothing that is done", async () => {
    const store = memoryRunStore();
    const full = new SweepError("store", "runs: no space is left on the disk");
    const breaks = fakeRunner(async ({ seed }) => {
      if (seed === 2) throw full;
      return resultOf(seed);
    });
    const attempt = runSweep(specs, { store, runners: [breaks, recorder([], 5)] });
    await expect(attempt).rejects.toBe(full);
    const states = await Promise.all(specs.map(async (spec) => (await store.read(runId(spec)))?.state));
    expect(states[0]).toBe("done");
    expect(states).not.toContain("failed");
    const records = await runSweep(specs, { store, runners: [recorder([])] });
    expect(records.every(({ state }) => state === "done")).toBe(true);
  });

  it("two sweeps on one store share the work and never do a run twice", async () => {
    const store = memoryRunStore();
    const [mine, theirs]: number[][] = [[], []];
    const sweeps = [mine!, theirs!].map((seen) => runSweep(specs, { store, runners: [recorder(seen, 4)] }));
    const [a, b] = await Promise.all(sweeps);
    expect([...mine!, ...theirs!].sort()).toEqual([0, 1, 2, 3]);
    expect(mine!.length).toBeGreaterThan(0);
    expect(theirs!.length).toBeGreaterThan(0);
    expect(a).toEqual(b);
    expect(a!.every(({ state }) => state === "done")).toBe(true);
  });

  it("leaves a run whose claim it lost, and finds it done by the one who has it", async () => {
    const store = memoryRunStore();
    const queue = memoryQueue({ lease: 0.03 });
    const lossy = { ...queue, heartbeat: () => Promise.reject(new SweepError("claim", "lost")) };
    let attempts = 0;
    const runner = fakeRunner(async ({ seed }, { signal }) => {
      if (++attempts > 1) return resultOf(seed);
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      throw signal.reason;
    });
    const [record] = await runSweep(specs.slice(0, 1), { store, runners: [runner], queue: lossy });
    expect(attempts).toBe(2);
    expect(record!.state).toBe("done");
  });

  it("refuses to wait for nobody", async () => {
    await expect(runSweep(specs, { store: memoryRunStore(), runners: [] })).rejects.toThrow("at least one");
  });

  it("tells how far it is, in runs and FLOPs, and how long it will take", async () => {
    const seen: SweepProgress[] = [];
    const store = memoryRunStore();
    await runSweep(specs, { store, runners: [recorder([])], onProgress: (progress) => seen.push(progress) });
    const [first, last] = [seen[0]!, seen.at(-1)!];
    expect(first).toMatchObject({ total: 4, done: 0, failed: 0, running: [], flopsDone: 0 });
    expect(first.remainingSeconds).toBeUndefined();
    expect(last).toMatchObject({ done: 4, running: [], remainingSeconds: 0 });
    expect(last.flopsDone).toBe(last.flopsTotal);
    const middle = seen.find(({ done, running }) => done === 2 && running[0]?.step === 3)!;
    expect(middle.flopsDone / middle.flopsTotal).toBeCloseTo(2.5 / 4, 9);
    expect(middle.running[0]!.latest).toEqual(entry(2));
    for (const [i, { flopsDone }] of seen.slice(1).entries())
      expect(flopsDone).toBeGreaterThanOrEqual(seen[i]!.flopsDone);
  });
});
