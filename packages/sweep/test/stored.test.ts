import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  truncate,
  utimes,
  writeFile,
} from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { canonicalJson } from "@isoflop/spec";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lockName } from "../src/node/lock-name.js";
import { MetricsFollower } from "../src/node/metrics-log.js";
import { thisProcess } from "../src/node/process.js";
import { removeRemains, removeRun } from "../src/node/remove.js";
import { fileRunStore, idsIn } from "../src/node/run-store.js";
import { storedRun } from "../src/node/stored.js";
import { verifyRun } from "../src/node/verify.js";
import { idOf, runId, runSpec } from "../src/spec.js";
import { trainingOf } from "../src/task.js";
import { resultOf, tinyRun } from "./tiny.js";

let store: string;
beforeEach(async () => {
  store = await mkdtemp(path.join(os.tmpdir(), "isoflop-stored-"));
});
afterEach(() => rm(store, { recursive: true }));

const spec = runSpec(tinyRun());
const id = runId(spec);
const metrics = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => ({
    step: from + i,
    loss: 1 / (from + i + 1),
    gradientNorm: 1,
    learningRate: 1,
  }));
const checkpoint = (step: number) => ({
  ...{ step, seconds: step, spec: canonicalJson(trainingOf(spec)) },
  arrays: { a: { shape: [1], data: Float32Array.of(2) } },
});

/** A run of six steps with checkpoints after three and six, done unless told otherwise. */
const kept = async ({ end = true, steps = 6 } = {}) => {
  const run = await fileRunStore(store).open(spec);
  await run.append(metrics(0, Math.min(3, steps)));
  await run.checkpoints.save(checkpoint(3));
  if (steps > 3) {
    await run.append(metrics(3, steps));
    await run.checkpoints.save(checkpoint(steps));
  }
  if (end) await run.finish(resultOf(0.25));
  await run.close();
};
const inRun = (...names: string[]): string => path.join(store, id, ...names);
const everything = async (): Promise<string[]> => (await readdir(store, { recursive: true })).sort();

describe("storedRun", () => {
  it("tells what is known of a run, its size and its age", async () => {
    await kept();
    const past = new Date(Date.now() - 3_600_000);
    for (const name of await everything()) await utimes(path.join(store, name), past, past);
    const run = (await storedRun(store, id))!;
    expect(run).toMatchObject({ id, state: "done", steps: 6, latest: { step: 5 }, holders: [] });
    expect(run.record?.spec).toEqual(spec);
    expect(run.problem).toBeUndefined();
    expect(run.changed).toBeCloseTo(past.getTime(), -1);
    let bytes = 0;
    for (const name of await everything())
      bytes += await readFile(path.join(store, name)).then(
        ({ length }) => length,
        () => 0,
      );
    expect(run.bytes).toBe(bytes);
    expect(await idsIn(store)).toEqual([id]);
    expect(await storedRun(store, "0".repeat(16))).toBeUndefined();
  });

  it("reads a record of another version loosely and says why it is not read whole", async () => {
    await kept();
    const content = JSON.parse(await readFile(inRun("run.json"), "utf8"));
    content.spec.objective.path = "spiral";
    await writeFile(inRun("run.json"), JSON.stringify(content));
    const run = (await storedRun(store, id))!;
    expect(run).toMatchObject({ state: "done", steps: 6, content: { spec: { model: { width: 8 } } } });
    expect(run.record).toBeUndefined();
    expect(run.problem).toContain("spiral");
  });

  it.each([
    ["{", "is no JSON"],
    ["[]", "holds no record of a run"],
    ['{"state":"dine"}', "holds no record of a run"],
  ])("calls a run whose run.json is %s unreadable", async (text, why) => {
    await mkdir(inRun(), { recursive: true });
    await writeFile(inRun("run.json"), text);
    expect(await storedRun(store, id)).toMatchObject({
      state: "unreadable",
      steps: 0,
      problem: expect.stringContaining(why),
    });
  });

  it("names the process that has it, and the dead one that had, and changes nothing", async () => {
    const run = await fileRunStore(store).open(spec);
    await mkdir(inRun(lockName({ ...thisProcess(), start: "1" })));
    await mkdir(inRun(lockName({ ...thisProcess(), host: "elsewhere", pid: 7 })));
    const before = await everything();
    const { holders } = (await storedRun(store, id))!;
    const seen = holders.map(({ host, pid, standing }) => `${standing} ${pid === process.pid ? "here" : host}`);
    expect(seen.sort()).toEqual(["alive here", "dead here", "unknown elsewhere"]);
    for (const { silent } of holders) expect(silent).toBeLessThan(60);
    expect(await everything()).toEqual(before);
    await run.close();
  });
});

describe("MetricsFollower", () => {
  it("gives what was added, a torn line once it is whole, and a new log from its beginning", async () => {
    const file = path.join(store, "metrics.jsonl");
    const follower = new MetricsFollower(file);
    expect(await follower.read()).toEqual([]);
    const [one, two] = metrics(0, 2).map((entry) => JSON.stringify(entry)) as [string, string];
    await writeFile(file, `${one}\n${two.slice(0, 9)}`);
    expect(await follower.read()).toEqual(metrics(0, 1));
    expect(await follower.read()).toEqual([]);
    await appendFile(file, `${two.slice(9)}\n`);
    expect(await follower.read()).toEqual(metrics(1, 2));
    await writeFile(file, `${one}\n`);
    expect(await follower.read()).toEqual(metrics(0, 1));
  });
});

describe("removeRun", () => {
  it("removes all of a run, whatever state it is in", async () => {
    await kept();
    await removeRun(store, id);
    expect(await everything()).toEqual([]);
    await mkdir(inRun());
    await writeFile(inRun("run.json"), "{");
    await removeRun(store, id);
    expect(await everything()).toEqual([]);
    await expect(removeRun(store, id)).rejects.toMatchObject({ code: "record", message: expect.stringContaining(id) });
  });

  it("refuses a run that a living process has, and takes one that a dead process had", async () => {
    const run = await fileRunStore(store).open(spec);
    await expect(removeRun(store, id)).rejects.toMatchObject({
      code: "busy",
      message: expect.stringContaining(`process ${process.pid}`),
    });
    expect((await storedRun(store, id))?.state).toBe("unfinished");
    await run.close();
    await mkdir(inRun(lockName({ ...thisProcess(), start: "1" })));
    await removeRun(store, id);
    expect(await everything()).toEqual([]);
  });

  it("takes care of what a process left that was killed while it removed", async () => {
    const left = path.join(store, `removed~${id}~0a1b`);
    await mkdir(path.join(left, "checkpoints"), { recursive: true });
    await writeFile(path.join(left, "checkpoints", "a"), "a");
    await writeFile(path.join(store, "removed~not-ours"), "a");
    expect(await idsIn(store)).toEqual([]);
    await removeRemains(store);
    expect(await everything()).toEqual(["removed~not-ours"]);
  });
});

describe("verifyRun", () => {
  const faults = async () =>
    (await verifyRun(store, id)).map(({ of, message, advice }) => `${of}: ${message}; ${advice}`);

  it("has nothing to say of runs that are whole", async () => {
    await kept();
    expect(await faults()).toEqual([]);
    await removeRun(store, id);
    await kept({ end: false, steps: 3 });
    expect(await faults()).toEqual([]);
    expect(await verifyRun(store, "0".repeat(16))).toEqual([]);
  });

  it("is not misled by a line that was torn and said again", async () => {
    await kept({ end: false, steps: 3 });
    await appendFile(inRun("metrics.jsonl"), '{"step":3,');
    const run = await fileRunStore(store).open(spec);
    await run.append(metrics(3, 6));
    await run.checkpoints.save(checkpoint(6));
    await run.finish(resultOf(0.25));
    await run.close();
    expect(await faults()).toEqual([]);
  });

  it("names a checkpoint that was cut short, and what is left to go on from", async () => {
    await kept({ end: false });
    await truncate(inRun("checkpoints", "step-000000006.safetensors"), 10);
    expect(await faults()).toEqual([
      expect.stringMatching(
        /^checkpoint: .*step-000000006.* it has 10 bytes.*; remove the file; the run goes on from step 3$/,
      ),
    ]);
    await writeFile(inRun("checkpoints", "step-000000003.json"), "{");
    expect((await faults()).map((text) => text.split("; ").at(-1))).toEqual([
      "the run begins anew",
      "the run begins anew",
    ]);
  });

  it("says of a finished run that its result stands", async () => {
    await kept();
    await truncate(inRun("checkpoints", "step-000000006.safetensors"), 10);
    expect((await faults())[0]).toContain("its result stands, but nothing can be drawn from it");
  });

  it("names a snapshot that was cut short, and one of another run", async () => {
    await kept({ end: false });
    const run = await fileRunStore(store).open(spec);
    const snapshot = (step: number, of: string) => ({ step, width: 0.05, spec: of, arrays: checkpoint(step).arrays });
    await run.checkpoints.keep!(snapshot(3, checkpoint(3).spec));
    await run.close();
    expect(await faults()).toEqual([]);
    await truncate(inRun("checkpoints", "snapshot-000000003-0.05.safetensors"), 10);
    const again = await fileRunStore(store).open(spec);
    await again.checkpoints.keep!(snapshot(6, "{}"));
    await again.close();
    expect((await faults()).sort()).toEqual([
      expect.stringMatching(
        /^snapshot: .*snapshot-000000003-0\.05.* it has 10 bytes.*averages of other widths are then less exact/,
      ),
      expect.stringMatching(/^snapshot: .*snapshot-000000006-0\.05\.json is of another run/),
    ]);
  });

  it("names a checkpoint of another run", async () => {
    await kept({ end: false, steps: 3 });
    const run = await fileRunStore(store).open(spec);
    await run.append(metrics(3, 5));
    await run.checkpoints.save({ ...checkpoint(5), spec: "{}" });
    await run.close();
    expect(await faults()).toEqual([expect.stringMatching(/^checkpoint: .*step-000000005\.json is of another run/)]);
  });

  it.each([
    ["a step", (lines: string[]) => lines.toSpliced(2, 1), "does not tell of step 2"],
    ["its end", (lines: string[]) => lines.slice(0, 4), "ends at step 4 of 6"],
    ["everything", () => [], "ends at step 0 of 6"],
    [
      "a place to stop",
      (lines: string[]) => [...lines, JSON.stringify(metrics(6, 7)[0])],
      "tells of step 6 of a run of 6",
    ],
  ])("names a metrics log that lacks %s", async (_, change, message) => {
    await kept();
    const lines = (await readFile(inRun("metrics.jsonl"), "utf8")).trim().split("\n");
    await writeFile(
      inRun("metrics.jsonl"),
      change(lines)
        .map((line) => `${line}\n`)
        .join(""),
    );
    expect(await faults()).toEqual([expect.stringMatching(new RegExp(`^metrics: .*${message}; .*the result stands`))]);
  });

  it("finds a record whole that takes parts which are not known here", async () => {
    await kept();
    const content = JSON.parse(await readFile(inRun("run.json"), "utf8"));
    const foreign = {
      ...{ ...content.spec, objective: { ...content.spec.objective, path: { kind: "spiral" } } },
      content: { ...content.spec.content, modules: [{ path: "/x/spiral.ts", digest: "0".repeat(32) }] },
    };
    const other = idOf(foreign);
    await rename(inRun(), path.join(store, other));
    await writeFile(path.join(store, other, "run.json"), JSON.stringify({ ...content, id: other, spec: foreign }));
    const run = (await storedRun(store, other))!;
    expect(run.record?.spec).toEqual(foreign);
    expect(run.problem).toContain("/x/spiral.ts");
    expect(await verifyRun(store, other)).toEqual([]);
  });

  it("names a record that belongs to another id, one of another version, and one that is none", async () => {
    await kept();
    const content = JSON.parse(await readFile(inRun("run.json"), "utf8"));
    await writeFile(inRun("run.json"), JSON.stringify({ ...content, spec: { ...content.spec, seed: 5 } }));
    expect((await faults())[0]).toMatch(/^record: its spec belongs to [0-9a-f]{16}; /);
    const { content: _, ...older } = content.spec;
    await writeFile(inRun("run.json"), JSON.stringify({ ...content, spec: older }));
    expect((await faults()).map((text) => text.split(":")[0])).toEqual(["data"]);
    await writeFile(inRun("run.json"), JSON.stringify({ ...content, spec: { ...content.spec, batch: -1 } }));
    expect((await faults())[0]).toMatch(/^record: .*batch/);
    await rm(inRun("run.json"));
    expect(await faults()).toEqual([expect.stringMatching(/^record: it has no run\.json; remove the run/)]);
  });
});
