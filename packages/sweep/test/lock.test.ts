import { renameSync } from "node:fs";
import { appendFile, mkdir, mkdtemp, readdir, readFile, rename, rm, utimes, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Fence } from "../src/node/fence.js";
import { type FolderLock, Locker, lockFolder } from "../src/node/lock.js";
import { thisProcess } from "../src/node/process.js";
import { timing, Watch, writeBeat } from "../src/node/watch.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "isoflop-lock-"));
});
afterEach(() => rm(folder, { recursive: true }));

const lost = { name: "SweepError", code: "claim" };
const far = { ...thisProcess(), namespace: "7-7" };
const quick = { beat: 20, age: 200 };

/** Makes a lock look as if its owner had not been heard of for an hour. */
const old = async (lock: FolderLock): Promise<void> => {
  const past = new Date(Date.now() - 3_600_000);
  await utimes(path.join(lock.lock, "beat"), past, past);
};

describe("lockFolder", () => {
  it("gives a folder to one at a time", async () => {
    const lock = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toMatchObject({ code: "busy" });
    await expect(lockFolder(folder)).rejects.toThrow(`${folder} is in use by process ${process.pid}`);
    await lock.release();
    await (await lockFolder(folder)).release();
    expect(await readdir(folder)).toEqual([]);
  });

  it("gives it to exactly one of many that come at once", async () => {
    for (let round = 0; round < 5; round++) {
      const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => lockFolder(folder)));
      const winners = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
      expect(winners).toHaveLength(1);
      for (const lock of winners) await lock.release();
    }
    expect(await readdir(folder)).toEqual([]);
  });

  it("gives a folder of a distant owner who beats to nobody, and says what to do", async () => {
    const owner = await new Locker(far, quick).lock(folder);
    const locker = new Locker(thisProcess(), quick);
    const until = performance.now() + 2 * quick.age;
    while (performance.now() < until) await expect(locker.lock(folder)).rejects.toMatchObject({ code: "busy" });
    await expect(lockFolder(folder)).rejects.toThrow("another machine or container");
    await expect(lockFolder(folder)).rejects.toThrow("try again in 120 s");
    await owner.check();
    await owner.release();
  });

  it("takes an abandoned folder when asked often enough, or after waiting", async () => {
    for (const wait of [false, true]) {
      const owner = await new Locker(far, timing).lock(folder);
      await old(owner);
      const started = performance.now();
      const locker = new Locker(thisProcess(), quick);
      const said: string[] = [];
      const onWait = (why: string) => void said.push(why);
      const ask = async (): Promise<FolderLock> =>
        locker.lock(folder, { wait, onWait }).catch((error) => (wait ? error : ask()));
      const heir = await ask();
      expect(said).toEqual(wait ? [expect.stringContaining(`waiting for a sign of life of process ${far.pid}`)] : []);
      expect(performance.now() - started).toBeGreaterThanOrEqual(quick.age);
      await expect(owner.check()).rejects.toMatchObject(lost);
      await heir.check();
      await heir.release();
      await owner.release();
      expect(await readdir(folder)).toEqual([]);
    }
  });

  it("ends a wait when told", async () => {
    const owner = await new Locker(far, timing).lock(folder);
    await old(owner);
    const controller = new AbortController();
    const waiting = lockFolder(folder, { signal: controller.signal });
    setTimeout(() => controller.abort(new Error("ctrl-c")), 80);
    await expect(waiting).rejects.toThrow("ctrl-c");
    await owner.check();
    await owner.release();
  });

  it("removes what is left of locks that were taken away, and no file of another's", async () => {
    const foreign = ["lock~%~1~2~ab", "lock~notes", "lock"];
    for (const name of foreign) await writeFile(path.join(folder, name), "mine");
    await mkdir(path.join(folder, "lock~gone~0123456789abcdef"));
    await writeFile(path.join(folder, "lock~gone~0123456789abcdef", "beat"), "3");
    await (await lockFolder(folder)).release();
    expect((await readdir(folder)).sort()).toEqual(foreign.sort());
  });
});

describe("a watch", () => {
  const look = async (watch: Watch, now: number): Promise<number> => (await watch.look(folder, now)).quiet;

  it("counts the time without a beat on its own clock, from its first look on", async () => {
    const watch = new Watch({ beat: 10, age: 120 });
    await writeBeat(folder, 1, "wx");
    expect(await look(watch, 1000)).toBe(0);
    expect(await look(watch, 1050)).toBe(50);
    expect(await look(watch, 1110)).toBe(110);
    await writeBeat(folder, 2);
    expect(await look(watch, 1119)).toBe(0);
    expect(await look(watch, 1129)).toBe(10);
  });

  it("lets no single pause fill the age: whoever slept too has two beats to show that he lives", async () => {
    const watch = new Watch({ beat: 10, age: 120 });
    await writeBeat(folder, 1, "wx");
    await look(watch, 0);
    expect(await look(watch, 1e9)).toBe(100);
    expect(await look(watch, 1e9 + 19)).toBeLessThan(120);
    expect(await look(watch, 1e9 + 20)).toBeGreaterThanOrEqual(120);
  });

  it("hopes for nothing from a lock that is young or beats", async () => {
    const watch = new Watch({ beat: 10, age: 120_000 });
    await writeBeat(folder, 1, "wx");
    expect((await watch.look(folder)).hope).toBe(false);
    const past = new Date(Date.now() - 3_600_000);
    await utimes(path.join(folder, "beat"), past, past);
    expect((await watch.look(folder)).hope).toBe(true);
    await writeBeat(folder, 2);
    await utimes(path.join(folder, "beat"), past, past);
    expect((await watch.look(folder)).hope).toBe(false);
  });
});

describe("an owner", () => {
  const file = () => path.join(folder, "file");

  it("beats by itself, and at its changes when its thread leaves no time", async () => {
    const lock = await new Locker(far, { beat: 30, age: 1000 }).lock(folder);
    const beats = async (): Promise<number> => Number(await readFile(path.join(lock.lock, "beat"), "utf8"));
    while ((await beats()) < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    const before = await beats();
    const until = performance.now() + 100;
    while (performance.now() < until);
    await lock.check();
    expect(await beats()).toBeGreaterThan(before);
    await lock.release();
  });

  it("writes and removes files, and leaves nothing else", async () => {
    const lock = await lockFolder(folder);
    await lock.write(file(), ["one ", "two"]);
    expect(await readFile(file(), "utf8")).toBe("one two");
    await lock.remove(file());
    await lock.remove(file());
    expect(await readdir(folder)).toEqual([path.basename(lock.lock)]);
    await lock.release();
    expect(await readdir(folder)).toEqual([]);
  });

  it.each(["before", "while", "after all chunks of"])(
    "that loses the lock %s a write changes nothing",
    async (when) => {
      await writeFile(file(), "the heir's");
      const lock = await lockFolder(folder);
      const lose = (): void => renameSync(lock.lock, path.join(folder, "lock~gone~ab"));
      const chunks = function* (): Generator<string> {
        yield "a";
        if (when === "while") lose();
        yield "b";
        if (when === "after all chunks of") lose();
      };
      if (when === "before") lose();
      await expect(lock.write(file(), chunks())).rejects.toMatchObject(lost);
      expect(await readFile(file(), "utf8")).toBe("the heir's");
      await lock.release();
      await (await lockFolder(folder)).release();
      expect(await readdir(folder)).toEqual(["file"]);
    },
  );

  it("that lost the lock removes nothing", async () => {
    await writeFile(file(), "the heir's");
    const lock = await lockFolder(folder);
    await rename(lock.lock, path.join(folder, "lock~gone~ab"));
    await expect(lock.remove(file())).rejects.toMatchObject(lost);
    await expect(new Fence(lock.lock).remove(file())).rejects.toThrow(`the lock on ${folder} was lost`);
    expect(await readFile(file(), "utf8")).toBe("the heir's");
    await lock.release();
  });

  it("does not take another file's absence for the loss of its lock", async () => {
    const lock = await lockFolder(folder);
    await expect(lock.write(path.join(folder, "none", "file"), ["a"])).rejects.toMatchObject({ code: "store" });
    await appendFile(file(), "a");
    await expect(lock.write(path.join(file(), "under"), ["a"])).rejects.toThrow("is a file, not a folder");
    await lock.release();
  });
});
