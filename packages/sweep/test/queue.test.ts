import { mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fileQueue } from "../src/node/file-queue.js";
import { type Job, memoryQueue, type Queue } from "../src/queue.js";
import { runId, runSpec } from "../src/spec.js";
import { tinyRun } from "./tiny.js";

const jobs: readonly Job[] = [0, 1, 2].map((seed) => {
  const spec = runSpec(tinyRun({ seed }));
  return { id: runId(spec), spec };
});
const ids = jobs.map(({ id }) => id);

interface Subject {
  readonly queue: Queue;
  /** Lets a share of the lease pass. */
  pass(share: number): Promise<void>;
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "isoflop-queue-"));
});
afterEach(() => rm(folder, { recursive: true }));

const inMemory = (): Subject => {
  let time = 0;
  return {
    queue: memoryQueue({ lease: 60, now: () => time }),
    pass: async (share) => {
      time += share * 60_000;
    },
  };
};

const inFiles = (): Subject => ({
  queue: fileQueue(folder, { lease: 60 }),
  async pass(share) {
    const past = new Date(Date.now() - share * 60_000);
    for (const name of await readdir(folder)) await utimes(path.join(folder, name), past, past);
  },
});

describe.each([
  ["memoryQueue", inMemory],
  ["fileQueue", inFiles],
] as const)("%s", (_, open) => {
  it("gives jobs in order, each to one, and is empty when they are done or failed", async () => {
    const { queue } = open();
    expect(await queue.claim()).toBeUndefined();
    await queue.enqueue(jobs);
    const claims = [await queue.claim(), await queue.claim(), await queue.claim()];
    expect(claims.map((claim) => claim!.id)).toEqual(ids);
    expect(claims[1]!.spec).toEqual(jobs[1]!.spec);
    expect(await queue.claim()).toBeUndefined();
    expect(await queue.counts()).toEqual({ waiting: 0, claimed: 3 });
    await queue.complete(claims[0]!);
    await queue.fail(claims[1]!);
    await queue.complete(claims[2]!);
    expect(await queue.counts()).toEqual({ waiting: 0, claimed: 0 });
  });

  it("takes a job that waits or is claimed once, and one that is done again", async () => {
    const { queue } = open();
    await queue.enqueue(jobs);
    const claim = (await queue.claim())!;
    await queue.enqueue(jobs);
    expect(await queue.counts()).toEqual({ waiting: 2, claimed: 1 });
    await queue.complete(claim);
    await queue.enqueue(jobs);
    expect(await queue.counts()).toEqual({ waiting: 3, claimed: 0 });
  });

  it("puts a released job at the end", async () => {
    const { queue } = open();
    await queue.enqueue(jobs);
    await queue.release((await queue.claim())!);
    expect((await queue.claim())!.id).toBe(ids[1]);
    expect((await queue.claim())!.id).toBe(ids[2]);
    expect((await queue.claim())!.id).toBe(ids[0]);
  });

  it("gives the job of a worker that died to another, and tells the first if it was not dead", async () => {
    const { queue, pass } = open();
    await queue.enqueue(jobs.slice(0, 1));
    const lost = (await queue.claim())!;
    await pass(1.1);
    const found = (await queue.claim())!;
    expect(found.id).toBe(lost.id);
    expect(found.token).not.toBe(lost.token);
    await expect(queue.heartbeat(lost)).rejects.toThrow(`the claim on run ${lost.id} was lost`);
    await expect(queue.complete(lost)).rejects.toMatchObject({ code: "claim" });
    await queue.release(lost);
    expect(await queue.counts()).toEqual({ waiting: 0, claimed: 1 });
    await queue.complete(found);
    await expect(queue.complete(found)).rejects.toMatchObject({ code: "claim" });
  });

  it("leaves a job with a worker that renews its claim", async () => {
    const { queue, pass } = open();
    await queue.enqueue(jobs.slice(0, 1));
    const claim = (await queue.claim())!;
    for (let i = 0; i < 3; i++) {
      await pass(0.7);
      await queue.heartbeat(claim);
    }
    expect(await queue.claim()).toBeUndefined();
    await queue.complete(claim);
  });
});

describe("fileQueue", () => {
  it("gives a job to one of many that ask at once", async () => {
    const queues = Array.from({ length: 8 }, () => fileQueue(folder));
    await queues[0]!.enqueue(jobs);
    const claims = await Promise.all(queues.map((queue) => queue.claim()));
    const got = claims.flatMap((claim) => claim?.id ?? []).sort();
    expect(new Set(got).size).toBe(got.length);
    let rest = await queues[1]!.claim();
    while (rest) {
      got.push(rest.id);
      rest = await queues[1]!.claim();
    }
    expect(got.sort()).toEqual([...ids].sort());
  });

  it("adds a job that a killed process was adding, and removes that process's half of it", async () => {
    const { queue, pass } = inFiles();
    await writeFile(path.join(folder, `00000000000001000000.${ids[0]}.json.99999.abcdef01.tmp`), "{");
    await writeFile(path.join(folder, `notes.99999.abcdef01.tmp`), "mine");
    await queue.enqueue(jobs.slice(0, 1));
    expect(await queue.counts()).toEqual({ waiting: 1, claimed: 0 });
    await pass(1.1);
    await queue.complete((await queue.claim())!);
    expect(await readdir(folder)).toEqual(["notes.99999.abcdef01.tmp"]);
  });

  it.each([
    ["{", "is no job"],
    [JSON.stringify(jobs[1]!.spec), `its spec belongs to ${ids[1]}`],
  ])("says that a job is damaged: %s", async (text, message) => {
    const queue = fileQueue(folder);
    await writeFile(path.join(folder, `00000000000001000000.${ids[0]}.json`), text);
    await expect(queue.claim()).rejects.toMatchObject({ code: "record", message: expect.stringContaining(message) });
  });
});
