import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { file, fixture, isoflop, json, scratch } from "./isoflop.js";

const table = ["-i", fixture("porian_owt2_isoflops"), "--group-by", "config"];

describe("fit shared", () => {
  const saved = json(["fit", "shared", ...table, "--form", "no-floor"]);
  const shared = file("shared.json", JSON.stringify(saved));
  const study = "base/short/chinchilla/standard/val";

  test("five set-ups have one pair of exponents, which they do not share by the test", () => {
    expect([saved.command, saved.status, saved.fit!.record]).toEqual(["fit shared", "converged", "shared"]);
    expect(Number(saved.fit!.parameters!.beta!.value)).toBeCloseTo(0.446049, 5);
    expect(Number(saved.fit!.tenable!.pValue)).toBeLessThan(1e-20);
    expect(isoflop(["fit", "shared", ...table, "--form", "no-floor"]).stdout).toContain(
      "the studies differ in what is shared: F(8, 561) = 25.43",
    );
  });

  test("one study of it is asked as a surface", () => {
    const { predictions } = json(["predict", shared, "--study", study, "--at", "1e20"]);
    expect(Number(predictions![0]!.predicted!.loss!.value)).toBeGreaterThan(2);
    const unknown = isoflop(["predict", shared, "--study", "none", "--at", "1e20"]);
    expect([unknown.code, unknown.stderr]).toEqual([
      2,
      expect.stringContaining('there is no study "none"; expected one of base/'),
    ]);
    expect(isoflop(["predict", shared, "--at", "1e20"]).stderr).toContain("which study? --study is one of");
    const report = scratch("study.html");
    expect(isoflop(["predict", shared, "--study", study, "--at", "1e20", "--report", report]).code).toBe(0);
    expect(readFileSync(report, "utf8").match(/<figure /g)).toHaveLength(2);
  });

  test("what cannot be shared, and rows of one study, are refused", () => {
    const coefficient = isoflop(["fit", "shared", ...table, "--share", "A"]);
    expect([coefficient.code, coefficient.stderr]).toEqual([
      2,
      expect.stringContaining('share is "A"; expected some of E'),
    ]);
    const one = isoflop(["fit", "shared", ...table, "--only", study]);
    expect([one.code, one.stderr]).toEqual([3, expect.stringContaining("all rows are of one study")]);
  });
});
