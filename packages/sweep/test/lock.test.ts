import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lockFolder } from "../src/node/lock.js";
import { mayBeAlive, thisProcess } from "../src/node/process.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "isoflop-lock-"));
});
afterEach(() => rm(folder, { recursive: true }));

const leave = (host: string, pid: number, start: string) =>
  writeFile(path.join(folder, `lock~${host}~${pid}~${start}~0123456789ab`), "");

/** A process id that was used and is free again. */
const deadPid = async (): Promise<number> => {
  const child = spawn(process.execPath, ["-e", ""]);
  await new Promise((resolve) => child.once("exit", resolve));
  return child.pid!;
};

describe("lockFolder", () => {
  it("gives a folder to one at a time", async () => {
    const release = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toMatchObject({ code: "busy" });
    await expect(lockFolder(folder)).rejects.toThrow(`${folder} is in use by process ${process.pid}`);
    await release();
    await (await lockFolder(folder))();
    expect(await readdir(folder)).toEqual([]);
  });

  it("gives it to at most one of many that come at once", async () => {
    for (let round = 0; round < 5; round++) {
      const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => lockFolder(folder)));
      const winners = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
      expect(winners.length).toBeLessThanOrEqual(1);
      for (const release of winners) await release();
    }
    expect(await readdir(folder)).toEqual([]);
  });

  it("takes over from a dead process, and from one whose number is used again", async () => {
    await leave(os.hostname(), await deadPid(), "0");
    await leave(os.hostname(), process.pid, "1");
    const release = await lockFolder(folder);
    expect(await readdir(folder)).toHaveLength(1);
    await release();
  });

  it("respects a living process and another machine, and says what to do", async () => {
    const { host, pid, start } = thisProcess();
    await leave(host, pid, start);
    await expect(lockFolder(folder)).rejects.toThrow(`process ${pid} on ${host}`);
    await rm(path.join(folder, (await readdir(folder))[0]!));
    await leave("elsewhere", 1, "0");
    await expect(lockFolder(folder)).rejects.toThrow("If that machine is gone, remove the lock~ files");
  });
});

describe("mayBeAlive", () => {
  it("knows this process, and that process 1 of another user lives", () => {
    expect(mayBeAlive(thisProcess())).toBe(true);
    expect(mayBeAlive({ host: os.hostname(), pid: 1, start: "0" })).toBe(true);
  });

  it.runIf(process.platform === "linux")("tells start times apart on Linux", async () => {
    const stat = await readFile("/proc/self/stat", "utf8");
    expect(thisProcess().start).toBe(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
    expect(mayBeAlive({ ...thisProcess(), start: "12" })).toBe(false);
  });
});
