import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import type { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { lockName, ownerIn } from "../src/node/lock-name.js";
import { type ProcessIdentity, standingOf, thisProcess, UNKNOWN } from "../src/node/process.js";

const me = thisProcess();
const here: ProcessIdentity = { ...me, boot: "0".repeat(32), namespace: "1-1" };

/** A process id that was used and is free again. */
const deadPid = async (): Promise<number> => {
  const child = spawn(process.execPath, ["-e", ""]);
  await new Promise((resolve) => child.once("exit", resolve));
  return child.pid!;
};

describe("standingOf", () => {
  it("knows the dead of its own namespace", async () => {
    expect(standingOf({ ...here, pid: await deadPid() }, here)).toBe("dead");
  });

  it.each<[string, Partial<ProcessIdentity>]>([
    ["another machine", { host: "elsewhere" }],
    ["another boot", { boot: "1".repeat(32) }],
    ["another PID namespace", { namespace: "2-1" }],
    ["another time namespace", { namespace: "1-2" }],
    ["a system that does not say which machine it is", { boot: UNKNOWN }],
    ["a system that does not say which namespace it is", { namespace: UNKNOWN }],
  ])("cannot tell of a process of %s, though its number is free here", async (_, other) => {
    const pid = await deadPid();
    expect(standingOf({ ...here, ...other, pid }, here)).toBe("unknown");
    expect(standingOf({ ...here, pid }, { ...here, ...other })).toBe("unknown");
    expect(standingOf({ ...here, ...other, pid }, { ...here, ...other })).toBe(
      Object.values(other).includes(UNKNOWN) ? "unknown" : "dead",
    );
  });

  it("cannot tell of a number in use where the start is not known", () => {
    expect(standingOf({ ...here, start: "0" }, here)).toBe("unknown");
  });
});

describe.runIf(process.platform === "linux")("on Linux", () => {
  it("a process is told by boot, namespace and start", async () => {
    const stat = await readFile("/proc/self/stat", "utf8");
    expect(me.start).toBe(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
    expect(me.boot).toMatch(/^[0-9a-f]{32}$/);
    expect(me.namespace).toMatch(/^\d+-\d+$/);
    expect(standingOf(me, me)).toBe("alive");
    expect(standingOf({ ...me, start: "12" }, me)).toBe("dead");
  });

  it("one that has ended and whom nobody waits for is dead", async () => {
    // The shell becomes a sleep, which never asks for the end of the shell's child; the child ends only after that, for
    // a shell that sees its child end may ask.
    const parent = spawn("sh", ["-c", "cat <&3 & echo $!; exec sleep 60"], {
      stdio: ["ignore", "pipe", "inherit", "pipe"],
    });
    const pid = Number(
      await new Promise((resolve) => parent.stdout!.once("data", (text: Buffer) => resolve(`${text}`))),
    );
    const until = async (holds: () => Promise<boolean>): Promise<void> => {
      while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    const fields = async (): Promise<readonly string[]> =>
      (await readFile(`/proc/${pid}/stat`, "utf8")).replace(/^.*\) /, "").split(" ");
    await until(async () => (await readFile(`/proc/${parent.pid}/comm`, "utf8")) === "sleep\n");
    (parent.stdio[3] as Writable).end();
    await until(async () => (await fields())[0] === "Z");
    expect(() => process.kill(pid, 0)).not.toThrow();
    expect(standingOf({ ...me, pid, start: (await fields())[19]! }, me)).toBe("dead");
    parent.kill();
  });
});

describe("names of locks", () => {
  it("hold their owner, fit every file system, and are used once", () => {
    for (const host of ["vm", "a".repeat(64), "_"]) expect(ownerIn(lockName({ ...me, host }))).toEqual({ ...me, host });
    expect(lockName(me)).not.toBe(lockName(me));
    expect(lockName({ ...me, host: "a".repeat(64), pid: 2 ** 31 - 1, start: "9".repeat(20) }).length).toBeLessThan(255);
    const nowhere = { ...me, boot: UNKNOWN, namespace: UNKNOWN, start: "0" };
    expect(ownerIn(lockName(nowhere))).toEqual(nowhere);
  });

  it("without machine and namespace are of an owner of whom nobody can tell", () => {
    const owner = ownerIn("lock~vm~99999~1~abcdef");
    expect(owner).toEqual({ host: "vm", boot: UNKNOWN, namespace: UNKNOWN, pid: 99999, start: "1" });
    expect(standingOf(owner!, { ...me, host: "vm" })).toBe("unknown");
  });

  it.each([
    "lock",
    "lock~",
    "lock~gone~0123456789abcdef",
    "lock~%~1~2~ab",
    "lock~..%2f~1~2~ab",
    "lock~vm~0~1~ab",
    "lock~vm~4294967295~1~ab",
    "lock~vm~99999999999999999999~1~ab",
    "lock~vm~-1~1~ab",
    "lock~vm~1~1~AB",
    "lock~vm~1~1~ab.txt",
    "my-lock~vm~1~1~ab",
  ])("are not %s", (name) => {
    expect(ownerIn(name)).toBeUndefined();
  });
});
