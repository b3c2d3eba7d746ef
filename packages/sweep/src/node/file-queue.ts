import { randomBytes } from "node:crypto";
import { readFile, rename, rm, stat, utimes } from "node:fs/promises";
import path from "node:path";
import { listFolder, makeFolder, writeAtomically } from "@isoflop/train/node";
import { SweepError } from "../errors.js";
import { type Claim, lostClaim, type Queue } from "../queue.js";
import type { RunSpec } from "../spec.js";
import { ifMissing, withFiles } from "./files.js";
import { knownSpec } from "./known-spec.js";

/** `ORDER.ID.json` waits, `ORDER.ID.json~TOKEN` is claimed. A rename moves a job from one to the other: only one can win it. */
const WAITING = /^(\d+)\.([0-9a-f]{16})\.json$/;
const CLAIMED = /^(\d+)\.([0-9a-f]{16})\.json~([0-9a-f]+)$/;
/** A job that was being added. */
const HALF = /^\d+\.[0-9a-f]{16}\.json\.\d+\.[0-9a-f]+\.tmp$/;

/** The job in the text of a file. @throws SweepError `record` if it is damaged */
const parseJob = (file: string, id: string, text: string): RunSpec => {
  try {
    // Its modules are loaded where it is run.
    return knownSpec(id, JSON.parse(text)).spec;
  } catch (error) {
    const why = error instanceof Error ? error.message : error;
    throw new SweepError("record", `${file} is no job: ${why}. Remove the file, and add the run again`, {
      cause: error,
    });
  }
};

const gone = ifMissing(false);
const moved = (from: string, to: string): Promise<boolean> => rename(from, to).then(() => true, gone);

/** A queue for several processes on one machine: a folder of small files. A claim's age is the age of its file. */
export const fileQueue = (folder: string, { lease = 60 }: { readonly lease?: number } = {}): Queue => {
  const at = (name: string): string => path.join(folder, name);
  const names = async (): Promise<readonly string[]> => [...(await listFolder(folder))].sort();
  const touch = (name: string): Promise<boolean> => {
    const now = new Date();
    return utimes(at(name), now, now).then(() => true, gone);
  };
  const fileOf = async ({ id, token }: Claim): Promise<string | undefined> =>
    (await names()).find((name) => CLAIMED.exec(name)?.[2] === id && name.endsWith(`~${token}`));

  /** Gives the jobs of workers that do not renew their claims back to the queue, in their old places. */
  const expire = async (): Promise<void> => {
    for (const name of await names()) {
      const half = HALF.test(name);
      if (!half && !CLAIMED.test(name)) continue;
      const age = await stat(at(name)).then(({ mtimeMs }) => Date.now() - mtimeMs, ifMissing(0));
      if (age <= lease * 1000) continue;
      if (half) await rm(at(name), { force: true });
      else await moved(at(name), at(name.split("~")[0]!));
    }
  };
  let order = 0;
  /** Jobs come in the order in which they were added, by the clock, then by count. */
  const nextOrder = (): string => `${String(Date.now()).padStart(14, "0")}${String(order++).padStart(6, "0")}`;

  const end = (claim: Claim): Promise<void> =>
    withFiles(folder, async () => {
      const name = await fileOf(claim);
      if (name === undefined || !(await rm(at(name)).then(() => true, gone))) throw lostClaim(claim);
    });

  return {
    lease,
    enqueue: (jobs) =>
      withFiles(folder, async () => {
        await makeFolder(folder);
        const known = new Set((await names()).map((name) => (WAITING.exec(name) ?? CLAIMED.exec(name))?.[2]));
        for (const { id, spec } of jobs)
          if (!known.has(id)) await writeAtomically(at(`${nextOrder()}.${id}.json`), [JSON.stringify(spec)]);
      }),
    claim: () =>
      withFiles(folder, async () => {
        await expire();
        for (const name of await names()) {
          const id = WAITING.exec(name)?.[2];
          // Touched before it is renamed: a claim must never look as old as the job.
          if (id === undefined || !(await touch(name))) continue;
          const token = randomBytes(6).toString("hex");
          if (!(await moved(at(name), at(`${name}~${token}`)))) continue;
          const text = await readFile(at(`${name}~${token}`), "utf8").catch(ifMissing(undefined));
          if (text !== undefined) return { id, spec: parseJob(at(`${name}~${token}`), id, text), token };
        }
        return undefined;
      }),
    heartbeat: (claim) =>
      withFiles(folder, async () => {
        const name = await fileOf(claim);
        if (name === undefined || !(await touch(name))) throw lostClaim(claim);
      }),
    complete: end,
    fail: end,
    release: (claim) =>
      withFiles(folder, async () => {
        const name = await fileOf(claim);
        if (name !== undefined) await moved(at(name), at(`${nextOrder()}.${claim.id}.json`));
      }),
    counts: () =>
      withFiles(folder, async () => {
        await expire();
        const all = await names();
        const count = (pattern: RegExp): number => all.filter((name) => pattern.test(name)).length;
        return { waiting: count(WAITING), claimed: count(CLAIMED) };
      }),
  };
};
