import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { file, fixture, isoflop, json, scratch } from "./isoflop.js";

const runs = ["-i", fixture("small_runs"), "--columns", "label=label", "--where", "label=cifar10"];
const ask = ["fit", "joint", ...runs];

describe("fit joint", () => {
  const saved = json(ask);
  const whole = file("joint.json", JSON.stringify(saved));

  test("prints the record whole", () => {
    expect([saved.command, saved.status, saved.fit!.record]).toEqual(["fit joint", "converged", "joint"]);
    expect(saved.points!.used).toBe(46);
    const parts = saved.fit!.parts as unknown as { over: string; points: number }[];
    expect(parts.map(({ over }) => over)).toEqual(["all", "larger"]);
    expect(saved.fit!.floor).toBeUndefined();
  });

  test("says what either fit says, the noise, the lack of fit, and how rehearsals went", () => {
    const path = scratch("joint.html");
    const { code, stdout } = isoflop([...ask, "--floor", "0.01,0.001", "--report", path]);
    expect(code).toBe(0);
    for (const words of [
      "46 points used",
      "all budgets, 46 runs from ",
      "without the smallest, ",
      "exponent of N*",
      "its drift over that range",
      "floor E",
      "noise of a run 1.67 % from 17 repeated models",
      "lack of fit against pure error: F = ",
      "floors are sought above 0.010000 ± 0.0010",
      "rehearsed up to",
      "inside their 95 % intervals, rms z ",
    ])
      expect(stdout).toContain(words);
    expect(existsSync(path)).toBe(true);
    const page = readFileSync(path, "utf8");
    expect(page.match(/<figure /g)).toHaveLength(1);
    expect(page).toContain("All isoFLOP curves in one fit");
    expect(page).not.toMatch(/NaN|undefined/);
  });

  test("is asked of a compute, a model and a loss, and is a method of predict", () => {
    const [best] = json(["predict", whole, "--at", "3.2e12"]).predictions as unknown as Prediction[];
    const { N, D, loss } = best!.predicted;
    const k = Number(saved.fit!.flopsPerToken);
    expect((N!.value * D!.value * k) / 3.2e12).toBeCloseTo(1, 9);
    const model = json(["predict", whole, "--size", String(N!.value), "--tokens", String(D!.value)]);
    expect((model.predictions![0] as unknown as Prediction).predicted.loss!.value).toBeCloseTo(loss!.value, 10);
    const reach = json(["predict", whole, "--reach", "0.25"]).predictions![0] as unknown as Prediction;
    expect(reach.predicted.C!.value).toBeGreaterThan(1e11);
    expect(reach.predicted.C!.value).toBeLessThan(3e12);
    const { stdout } = isoflop(["predict", whole, "--at", "3.2e12"]);
    expect(stdout).toContain("by the budgets that were fitted: all 0.2");
    expect(json(["predict", ...runs, "--method", "joint", "--at", "3.2e12"]).predictions).toEqual([best]);
    const path = scratch("asked.html");
    expect(isoflop(["predict", whole, "--at", "3.2e12", "--report", path]).code).toBe(0);
    expect(readFileSync(path, "utf8").match(/<figure /g)).toHaveLength(1);
  });

  test.each([
    [[...ask, "--floor", "-1"], "Expected a loss of at least 0"],
    [[...ask, "--floor", "0.1,0.1,0.1"], "its standard error after a comma"],
    [["predict", whole, "--tokens", "1e9"], "--tokens needs --size"],
    [["predict", whole, "--study", "a"], "--study cannot be asked of a fit joint"],
  ])("%j is wrong usage", (args, message) => {
    const { code, stderr } = isoflop(args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  test("too few rows, and a loss below every floor, end with status 4; a floor above the losses with 3", () => {
    const table = file("few.csv", "N,D,loss\n1e7,1e9,3\n1e8,1e10,2.5\n1e9,1e11,2.2\n");
    const refused = json(["fit", "joint", "-i", table], { code: 4 });
    expect([refused.ok, refused.status]).toEqual([false, "too-few-points"]);
    const floor = isoflop(["predict", whole, "--reach", "0.01"]);
    expect([floor.code, floor.stderr]).toEqual([4, expect.stringContaining("unreachable")]);
    const above = isoflop([...ask, "--floor", "0.9"]);
    expect(above.code).not.toBe(0);
    expect(above.stderr).toContain("floor.value is 0.9; expected a loss below 0.23");
  });

  test("groups have their exponents side by side, and a damaged fit is refused by its field", () => {
    const { stdout } = isoflop(["fit", "joint", "-i", fixture("small_runs"), "--group-by", "label"]);
    expect(stdout).toMatch(/cifar10 +0\.\d+.*\n/);
    const damaged = file("damaged.json", JSON.stringify(saved).replace('"over":"all"', '"over":"none"'));
    const { code, stderr } = isoflop(["predict", damaged, "--at", "1e12"]);
    expect([code, stderr]).toEqual([
      3,
      expect.stringMatching(/fit\.parts\[0\]\.over is "none"; .*run isoflop fit joint/),
    ]);
  });
});

interface Prediction {
  readonly predicted: Readonly<Record<string, { readonly value: number }>>;
}
