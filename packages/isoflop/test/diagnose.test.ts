import { readFileSync } from "node:fs";
import { readDiagnosis } from "@isoflop/scaling";
import { describe, expect, test } from "vitest";
import { epoch, file, fixture, isoflop, json, llama, scratch } from "./isoflop.js";

describe("diagnose", () => {
  test("a saved surface about a model, and the table about its run of most compute, agree", () => {
    const fit = file("fit.json", isoflop(["fit", "surface", ...epoch, "--json"]).stdout);
    const direct = json(["diagnose", ...epoch]);
    const { N, D } = direct.diagnosis!.given as unknown as { N: number; D: number };
    const asked = json(["diagnose", fit, "--size", String(N), "--tokens", String(D)]);
    expect(asked.diagnosis).toEqual(direct.diagnosis);
    expect(asked.structure).toBeUndefined();
    const { terms, loss, record } = readDiagnosis(JSON.stringify(asked.diagnosis));
    expect(record).toBe("diagnosis");
    expect(terms.reduce((s, { amount }) => s + amount.value, 0)).toBeCloseTo(loss.value, 10);
    expect(direct.structure!.ok).toBe(true);
    expect(direct.status).toBe("converged");
  });

  test("text: the parts, what doubling buys, and what is wrong with the form", () => {
    const { stdout, code } = isoflop(["diagnose", "-i", fixture("farseer"), "--size", "1e9", "--tokens", "2e10"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^caution: the form does not hold: residuals fall with ln N · ln D/);
    expect(stdout).toMatch(/finite size +0\.0857/);
    expect(stdout).toContain("the floor dominates");
    expect(stdout).toMatch(/N and D doubled .* 4\.00 /);
    expect(stdout).toMatch(/half of what is above the floor, loss 0\.45/);
  });

  test("the report has both figures", () => {
    const page = scratch("diagnosis.html");
    isoflop(["diagnose", ...llama, "--report", page]);
    const html = readFileSync(page, "utf8");
    expect(html.match(/<figure/g)).toHaveLength(2);
    expect(html).toContain("finite data");
  });

  test("the frontier is over the range that is asked", () => {
    const { diagnosis } = json(["diagnose", ...epoch, "--range", "1e20,1e22", "--points", "3"]);
    const frontier = diagnosis!.frontier as unknown as { C: number }[];
    expect(frontier.map(({ C }) => Math.log10(C))).toEqual([20, 21, 22].map((v) => expect.closeTo(v, 9)));
  });

  test.each([
    [["FIT"], 2, "a model is needed: --size N --tokens D"],
    [["FIT", "--size", "1e9"], 2, "--size and --tokens go together"],
    [["LAW", "--size", "1e9", "--tokens", "1e10"], 2, "a fit isoflop cannot be diagnosed; expected a fit surface"],
    [[], 2, "there is nothing to work from"],
  ])("%j: status %d, %s", (args, status, message) => {
    const files: Readonly<Record<string, string>> = {
      FIT: file("surface.json", isoflop(["fit", "surface", ...llama, "--json"]).stdout),
      LAW: file("iso.json", isoflop(["fit", "isoflop", ...llama, "--json"]).stdout),
    };
    const { code, stderr } = isoflop(["diagnose", ...args.map((word) => files[word] ?? word)]);
    expect([code, stderr]).toEqual([status, expect.stringContaining(message)]);
  });
});
