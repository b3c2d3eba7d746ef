import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OptionError, readOptions } from "../src/options.js";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "paper-laws-"));
  await writeFile(join(folder, "file"), "");
});
afterAll(() => rm(folder, { recursive: true }));

const run = (...args: string[]) =>
  spawnSync(process.execPath, [here("../dist/main.js"), ...args], { encoding: "utf8", cwd: folder });

describe("the program", () => {
  it("prints what the README says, and writes the report", async () => {
    const { status, stdout } = run();
    expect(status).toBe(0);
    const excerpts = [...(await readFile(here("../README.md"), "utf8")).matchAll(/```text\n([\s\S]*?)```/g)];
    expect(excerpts.length).toBeGreaterThan(0);
    for (const [, excerpt] of excerpts) expect(stdout).toContain(excerpt!.trim());
    expect(await readFile(join(folder, "runs/paper-laws/report.html"), "utf8")).toMatch(/^<!doctype html>/);
  });

  it("prints every digit", () => {
    const { status, stdout } = run("--json", "--seed", "3", "--report", "own.html");
    expect(status).toBe(0);
    expect(Math.abs(JSON.parse(stdout).recovered.N.exponent - 0.5681)).toBeLessThan(1e-9);
    expect(existsSync(join(folder, "own.html"))).toBe(true);
  });

  it.each([
    [1, ["--report", "file/report.html"], /file/],
    [2, ["--mfu", "1.5"], /--mfu is "1\.5"; it must lie above 0 and up to 1/],
    [2, ["--budget", "1"], /--budget/],
  ])("ends with status %d and one line for %j", (expected, args, message) => {
    const { status, stdout, stderr } = run(...args);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stdout).toBe("");
    expect(status).toBe(expected);
  });

  it.each([
    [["--seed=-1"], /--seed is "-1"; it must be a whole number of at least 0/],
    [["--seed", ""], /--seed is ""/],
    [["--mfu", "0"], /--mfu is "0"; it must lie above 0/],
    [["runs"], /runs/],
  ])("says what would be right instead of %j", (args, message) => {
    expect(() => readOptions(args)).toThrow(OptionError);
    expect(() => readOptions(args)).toThrow(message);
  });

  it("explains itself", () => {
    const { status, stdout } = run("--help");
    expect(status).toBe(0);
    expect(stdout).toContain("--mfu SHARE");
  });
});
