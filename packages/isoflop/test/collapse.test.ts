import { readFileSync } from "node:fs";
import { normals, random, readCollapse } from "@isoflop/scaling";
import { describe, expect, test } from "vitest";
import { file, fixture, isoflop, json, scratch } from "./isoflop.js";

/** Nine runs of one curve, each twice as long; the fifth learns at a rate that is too high until it decays. */
const sweep = (): string => {
  const normal = normals(random(3));
  const rows = Array.from({ length: 9 }, (_, r) => {
    const above = 0.8 * 2 ** (-0.12 * r);
    return Array.from({ length: 60 }, (_, i) => {
      const x = (i + 1) / 60;
      const shape = ((x ** -0.4 + 0.5) / 1.5) * (r === 5 ? 1 + 0.12 * (1 - x) : 1);
      return `run${r},${1e6 * 2 ** r},${x * 1e8 * 2 ** r},${1.5 + above * shape * Math.exp(0.004 * normal())}`;
    });
  }).flat();
  return file("sweep.csv", ["run,size,tokens,val", ...rows].join("\n"));
};

const columns = ["--columns", "label=run,N=size,D=tokens,loss=val"];

describe("collapse", () => {
  test("the run that spoils it is named, first and alone", () => {
    const document = json(["collapse", "-i", sweep(), ...columns]);
    expect(document.status).toBe("converged");
    const { runs, floor, x } = readCollapse(JSON.stringify(document.collapse));
    expect(runs.filter(({ spoils }) => spoils).map(({ label }) => label)).toEqual(["run5"]);
    expect(runs[0]!.label).toBe("run5");
    expect(runs[0]!.factor).toBeGreaterThan(1.05);
    expect(runs[0]!.N).toBe(3.2e7);
    expect(floor.value).toBeCloseTo(1.5, 1);
    expect(x).toHaveLength(20);
  });

  test("text: a table by deviation, and what is wrong", () => {
    const { stdout, code } = isoflop(["collapse", "-i", sweep(), ...columns]);
    expect(code).toBe(0);
    expect(stdout).toContain("9 curves, 0 rows dropped");
    expect(stdout).toMatch(/\n! run5 /);
    expect(stdout).toMatch(/run5 spoils the collapse: \+\d+\.\d % at \d+ %.*; 8 runs hold/);
    expect(stdout).toMatch(/L0 = 1\.[45]\d+, of the best collapse/);
  });

  test("a floor that is given is stated, the best of each compute is chosen, and the report has its figure", () => {
    const page = scratch("collapse.html");
    const { stdout } = isoflop(["collapse", "-i", sweep(), ...columns, "--floor", "1.5", "--best", "--report", page]);
    expect(stdout).toContain("L0 = 1.500, as given");
    expect(readFileSync(page, "utf8").match(/<figure/g)).toHaveLength(1);
  });

  test("a folder of runs that were trained here is read as it is", { timeout: 120_000 }, () => {
    const out = scratch("trained");
    const tiny = ["--data", "shapes", "--validation-images", "64", "--learning-rate", "0.01"];
    for (const [i, steps] of [20, 24, 28, 32, 36].entries()) {
      const { code, stderr } = isoflop([
        "train",
        ...tiny,
        "--width",
        "8",
        "--steps",
        String(steps),
        "--seed",
        String(i),
        "--out",
        out,
      ]);
      expect([code, stderr]).toEqual([0, expect.anything()]);
    }
    const { collapse, curves } = json(["collapse", "-i", out, "--draws", "19"]);
    expect(curves!.used).toBe(5);
    const { runs } = readCollapse(JSON.stringify(collapse));
    expect(new Set(runs.map(({ total }) => total)).size).toBe(5);
    expect(new Set(runs.map(({ N }) => N)).size).toBe(1);
  });

  test("too few curves are refused with status 4", () => {
    const few = file("few.csv", "label,C,loss\na,1,2\na,2,1\nb,1,2\nb,2,1\n");
    const document = json(["collapse", "-i", few], { code: 4 });
    expect([document.ok, document.status, document.collapse]).toEqual([false, "too-few-points", undefined]);
    expect(isoflop(["collapse", "-i", few]).stdout).toContain("refused: too-few-points: 2 curves");
  });

  test.each([
    [["-i", "TABLE", "--columns", "x=y"], 2, '--columns has "x"; expected label, N, C, D, step, loss'],
    [["-i", "TABLE", "--columns", "label=run,D=tokens,loss=val", "--best"], 3, "the size N of run0 is not known"],
    [["-i", "TABLE", "--floor", "3", ...columns], 2, "floor is 3; expected a loss of at least 0"],
    [["-i", "OTHER"], 3, 'there is no column "label"'],
  ])("%j: status %d, %s", (args, status, message) => {
    const words = args.map((word) => ({ TABLE: sweep(), OTHER: fixture("iso_chinchilla_xl") })[word] ?? word);
    const { code, stderr } = isoflop(["collapse", ...words]);
    expect([code, stderr]).toEqual([status, expect.stringContaining(message)]);
  });
});
