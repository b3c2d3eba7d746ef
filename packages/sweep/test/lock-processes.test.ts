import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Locker } from "../src/node/lock.js";
import { thisProcess } from "../src/node/process.js";
import { bundle } from "./bundle.js";

let code: string;
let folder: string;
const children = new Set<ChildProcess>();
beforeAll(async () => {
  code = await bundle(["test/lock-child.ts"]);
});
afterAll(() => rm(code, { recursive: true }));
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "isoflop-locks-"));
});
afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  await Promise.all([...children].map(ended));
  await rm(folder, { recursive: true });
});

/** Short enough for a test, long enough for a busy machine. */
const quick = { beat: 100, age: 1500 };
const patient = { beat: 1000, age: 60_000 };
const elsewhere = { namespace: "7-7" };

const start = (act: string, identity: object = {}, timing = patient, wrapper: readonly string[] = []) => {
  const command = [...wrapper, process.execPath, path.join(code, "lock-child.js")];
  const child = spawn(
    command[0]!,
    [...command.slice(1), folder, act, JSON.stringify(identity), JSON.stringify(timing)],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  children.add(child);
  const lines: string[] = [];
  let changed = (): void => {};
  child.stdout.on("data", (text: Buffer) => {
    lines.push(...text.toString().trimEnd().split("\n"));
    changed();
  });
  child.once("exit", () => changed());
  /** Its first line of that form. */
  const says = async (pattern: RegExp): Promise<string> => {
    for (;;) {
      const found = lines.find((line) => pattern.test(line));
      if (found !== undefined) return found;
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`it ended and said ${lines.slice(-3)}`);
      await new Promise<void>((resolve) => {
        changed = resolve;
      });
    }
  };
  return { child, says };
};

const ended = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode === null && child.signalCode === null) await new Promise((resolve) => child.once("exit", resolve));
  children.delete(child);
};

/** In a PID namespace of its own with the same host name, as a second container has it, where this user may make one. */
const container = (() => {
  const wrapper = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"];
  const { status } = spawnSync(wrapper[0]!, [...wrapper.slice(1), "true"]);
  return status === 0 ? { wrapper, identity: {} } : { wrapper: [], identity: elsewhere };
})();

describe("a folder and many processes", () => {
  it("is one's at a time, and everybody's in the end", async () => {
    const all = [0, 1, 2, 3].map(() => start("rounds"));
    for (const { says } of all) expect(await says(/two|done/)).toBe("done");
    await Promise.all(all.map(({ child }) => ended(child)));
    expect(await readdir(folder)).toEqual([]);
  });

  it("goes to one of those who find a dead owner's lock at once", async () => {
    const owner = start("try");
    await owner.says(/held/);
    owner.child.kill("SIGKILL");
    await ended(owner.child);
    expect(await readdir(folder)).toHaveLength(1);
    const heirs = await Promise.all([0, 1, 2, 3].map(() => start("try").says(/held|busy/)));
    expect(heirs.sort()).toEqual(["busy", "busy", "busy", "held"]);
    expect(await readdir(folder)).toHaveLength(1);
  });

  it("stays with a process that stands still, for those who can see that it lives", async () => {
    const owner = start("write", {}, quick);
    await owner.says(/wrote/);
    owner.child.kill("SIGSTOP");
    const locker = new Locker(thisProcess(), { beat: 10, age: 50 });
    const until = performance.now() + 300;
    while (performance.now() < until) await expect(locker.lock(folder)).rejects.toMatchObject({ code: "busy" });
  });

  it("stays with the living owner of another container", async () => {
    const owner = start("write", container.identity, patient, container.wrapper);
    await owner.says(/wrote/);
    const [lock] = (await readdir(folder)).filter((name) => name.startsWith("lock~"));
    expect(await start("try").says(/held|busy/)).toBe("busy");
    expect(await start("try", container.identity, patient, container.wrapper).says(/held|busy/)).toBe("busy");
    expect(await readdir(folder)).toContain(lock);
  });

  it("stays with a living owner where /proc numbers processes as another namespace does", async () => {
    const wrapper = container.wrapper.filter((word) => word !== "--mount-proc");
    expect(await start("pair", {}, patient, wrapper).says(/held|busy/)).toBe("busy");
  });

  it("goes to one heir when nobody hears of a distant owner, who changes nothing once he wakes", async () => {
    const owner = start("write", elsewhere, quick);
    await owner.says(/wrote/);
    owner.child.kill("SIGSTOP");
    const heirs = ["8-8", "9-9"].map((namespace) => start("write", { namespace }, quick));
    await Promise.race(heirs.map(({ says }) => says(/wrote/)));
    owner.child.kill("SIGCONT");
    expect(await owner.says(/^[a-z]+: /)).toMatch(/^claim: the lock on .* was lost/);
    await ended(owner.child);
    const pids = heirs.map(({ child }) => child.pid);
    expect(pids).toContain(Number((await readFile(path.join(folder, "file"), "utf8")).split(" ")[0]));
    const owners = (await readdir(folder)).filter((name) => name.startsWith("lock~")).map(ownerPid);
    expect(owners).toHaveLength(1);
    expect(pids).toContain(owners[0]);
  });
});

const ownerPid = (name: string): number => Number(name.split("~")[4]);
