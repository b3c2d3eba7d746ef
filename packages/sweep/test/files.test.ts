import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SweepError } from "../src/errors.js";
import { fileQueue } from "../src/node/file-queue.js";
import { fileError, withFiles } from "../src/node/files.js";
import { fileRunStore } from "../src/node/run-store.js";
import { runSpec } from "../src/spec.js";
import { tinyRun } from "./tiny.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "isoflop-files-"));
});
afterEach(() => rm(folder, { recursive: true }));

const spec = runSpec(tinyRun());
const opened = (where: string) => fileRunStore(where).open(spec);

describe("a path that cannot be", () => {
  it.each([
    ["a null byte", (base: string) => path.join(base, "a\0b"), "cannot hold a null byte"],
    ["a name of 300 characters", (base: string) => path.join(base, "a".repeat(300)), "too long for this file system"],
  ])("is told: %s", async (_, make, message) => {
    const where = make(folder);
    const error = { name: "SweepError", code: "path", message: expect.stringContaining(message) };
    await expect(opened(where)).rejects.toMatchObject(error);
    await expect(fileRunStore(where).list()).rejects.toMatchObject(error);
    await expect(fileQueue(where).enqueue([{ id: "0".repeat(16), spec }])).rejects.toMatchObject(error);
    expect(await opened(where).catch(({ message }) => message)).not.toContain("\0");
  });
});

describe("a folder that cannot be used", () => {
  it("is told: a part of the path is a file", async () => {
    await writeFile(path.join(folder, "file"), "");
    await expect(opened(path.join(folder, "file", "runs"))).rejects.toMatchObject({
      code: "store",
      message: expect.stringContaining("is a file, not a folder"),
    });
  });

  it("is told: symbolic links lead round", async () => {
    await symlink("round", path.join(folder, "round"));
    await expect(opened(path.join(folder, "round", "runs"))).rejects.toMatchObject({
      code: "path",
      message: expect.stringContaining("lead round in a circle"),
    });
  });

  it.runIf(process.platform === "linux")("is told, and soon: the system takes no folders there", async () => {
    await expect(opened("/proc/none/of/these")).rejects.toMatchObject({
      code: "store",
      message: expect.stringContaining("/proc/none"),
    });
  });

  it.each([
    ["EACCES", "permission denied: runs/ID; change the rights"],
    ["EROFS", "the file system is read-only: runs/ID"],
    ["EDQUOT", "the disk quota is used up: runs/ID; free some"],
    ["EIO", "the device failed: runs/ID"],
  ])("is told: %s", async (code, message) => {
    const cause = Object.assign(new Error("of the system"), { code, path: "runs/ID" });
    const attempt = withFiles("runs", () => Promise.reject(cause));
    await expect(attempt).rejects.toMatchObject({ code: "store", cause, message: expect.stringContaining(message) });
  });

  it.runIf(process.platform === "linux")("is told: the disk is full", async () => {
    const full = withFiles("runs", () => writeFile("/dev/full", "x"));
    await expect(full).rejects.toMatchObject({ code: "store", message: expect.stringContaining("no space is left") });
  });
});

describe("fileError", () => {
  it("names the path that the error does not, and errors that nobody foresaw, in one line", () => {
    const bare = Object.assign(new Error("ENOSPC: no space left"), { code: "ENOSPC" });
    expect(fileError(bare, "runs/ID")?.message).toBe(
      "no space is left on the disk: runs/ID; free some, then run the same command again to go on",
    );
    expect(fileError(bare)?.message).toMatch(/^no space is left on the disk; free some/);
    const rare = Object.assign(new Error("EPROTO: protocol error, read"), { code: "EPROTO", syscall: "read" });
    expect(fileError(rare, "runs")?.message).toBe("the system refuses (EPROTO: protocol error, read): runs");
    const control = Object.assign(new Error("EROFS"), { code: "EROFS", path: "a\u001b[31m" });
    expect(fileError(control, "runs")?.message).toContain('"a\\u001b[31m"');
  });

  it("leaves alone what is none of the file system's", () => {
    expect(fileError(new TypeError("x is not a function"), "runs")).toBeUndefined();
    expect(fileError(new SweepError("busy", "in use"), "runs")).toBeUndefined();
    expect(fileError("text", "runs")).toBeUndefined();
    expect(fileError(Object.assign(new Error("of a prototype"), { code: "constructor" }), "runs")).toBeUndefined();
  });
});
