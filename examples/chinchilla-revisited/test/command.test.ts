import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OptionError, readOptions } from "../src/options.js";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "chinchilla-"));
});
afterAll(() => rm(folder, { recursive: true }));

const run = (...args: string[]) =>
  spawnSync(process.execPath, [here("../dist/main.js"), ...args], { encoding: "utf8", cwd: folder });

/** Rows of the synthetic table in the columns of `svg_extracted_data.csv`. */
const extracted = (): string => {
  const [, ...rows] = readFileSync(here("../synthetic.csv"), "utf8").trim().split("\n");
  const cells = rows.map((row, i) => {
    const [size, compute, loss] = row.split(",");
    return `${100 + i},${200 - i},#faebdd,${size},${compute},#faebdd,${loss}`;
  });
  return `${["x,y,color,Model Size,Training FLOP,hex_color,loss", ...cells].join("\n")}\n`;
};

describe("the program", () => {
  it("prints what the README says, and writes the report", async () => {
    const { status, stdout } = run();
    expect(status).toBe(0);
    const excerpts = [...(await readFile(here("../README.md"), "utf8")).matchAll(/```text\n([\s\S]*?)```/g)];
    expect(excerpts.length).toBeGreaterThan(0);
    for (const [, excerpt] of excerpts) expect(stdout).toContain(excerpt!.trim());
    expect(await readFile(join(folder, "runs/chinchilla-revisited/report.html"), "utf8")).toMatch(/^<!doctype html>/);
  });

  it("reads the columns of the extracted figure, and compares with what was published on it", async () => {
    const input = join(folder, "figure.csv");
    await writeFile(input, extracted());
    const { status, stdout } = run("--input", input, "--resamples", "40", "--json", "--report", "own.html");
    expect(status).toBe(0);
    const { loaded, reference, huber } = JSON.parse(stdout);
    expect(loaded.used).toHaveLength(115);
    expect(reference.label).toBe("Besiroglu et al.");
    expect(reference.values).toMatchObject({ A: 482.01, B: 2085.43, E: 1.8172, alpha: 0.3478, beta: 0.3658 });
    expect(huber.parameters.alpha.value).toBeCloseTo(0.342, 2);
    expect(await readFile(join(folder, "own.html"), "utf8")).toContain("Besiroglu et al. 0.5126");
  });

  it.each([
    [1, ["--input", "nowhere.csv"], /no such file.*nowhere\.csv/],
    [1, ["--loss", "perplexity"], /perplexity.*Model Size, Training FLOP, loss/],
    [1, ["--drop", "119"], /too-few-points/],
    [2, ["--budget", "1"], /--budget/],
    [2, ["--drop", "-1"], /--drop/],
  ])("ends with status %d and one line for %j", (expected, args, message) => {
    const { status, stdout, stderr } = run("--report", "refused.html", ...args);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stdout).toBe("");
    expect(status).toBe(expected);
    expect(existsSync(join(folder, "refused.html"))).toBe(false);
  });

  it.each([
    [["--drop=-1"], /--drop is "-1"; it must be a whole number of at least 0/],
    [["--resamples", "2.5"], /--resamples is "2\.5"; it must be a whole number of at least 20/],
    [["--target", "much"], /--target is "much"; it must be a positive number/],
    [["--reference", "hoffmann"], /--reference is "hoffmann"; it must be truth or besiroglu or none/],
  ])("says what would be right instead of %j", (args, message) => {
    expect(() => readOptions(args)).toThrow(OptionError);
    expect(() => readOptions(args)).toThrow(message);
  });

  it("explains itself", () => {
    const { status, stdout } = run("--help");
    expect(status).toBe(0);
    expect(stdout).toContain("--input FILE");
  });
});
