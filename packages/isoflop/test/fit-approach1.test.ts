import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { file, isoflop, json, scratch } from "./isoflop.js";

/** Curves of L = 1.69 + 406.4 N^−0.34 + 410.7 D^−0.28 (Hoffmann et al. 2022) at twelve sizes, 30 checkpoints each. */
const rows = Array.from({ length: 12 }, (_, i) => Math.round(1e7 * 1.8 ** i)).flatMap((N, i) =>
  Array.from({ length: 30 }, (_, k) => {
    const D = Math.round(N * 0.5 * 1.2 ** k);
    return `${N},${D},${(1.69 + 406.4 * N ** -0.34 + 410.7 * D ** -0.28).toFixed(9)},run ${i}`;
  }),
);
const table = (lines: readonly string[]) => file("checkpoints.csv", ["N,D,loss,label", ...lines].join("\n"));
const asked = (input: string) => ["fit", "approach1", "-i", input, "--bootstrap", "50"];

describe("fit approach1", () => {
  test("the exponents of the surface, with errors over resampled curves", () => {
    const { fit, status, command } = json(asked(table(rows)));
    expect([status, command]).toEqual(["converged", "fit approach1"]);
    const truth = 0.28 / 0.62;
    expect(Math.abs((fit!.N!.exponent!.value as unknown as number) - truth)).toBeLessThan(0.03);
    const [low, high] = fit!.bootstrap!.N!.exponent!.ci95 as unknown as [number, number];
    expect(low).toBeLessThan(truth);
    expect(high).toBeGreaterThan(truth);
    expect(fit!.bootstrap).toMatchObject({ resamples: 50, of: "curve" });
  });

  test("says who leads, what it rests on, and that checkpoints may not be annealed", () => {
    const report = scratch("approach1.html");
    const { stdout, code } = isoflop([...asked(table(rows)), "--report", report]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^curves on the envelope, N +label +checkpoints +share$/m);
    expect(stdout).toContain("errors from 50 resamples of the curves");
    expect(stdout).toMatch(/caution: \d+ % of the envelope is at checkpoints before the end of their run/);
    expect(stdout).toMatch(/envelope of 12 curves over 1500 bins of compute, of which \d+ have a leader/);
    const page = readFileSync(report, "utf8");
    expect(page).toContain('class="envelope"');
    expect(page).toContain("Grey: 95 % over resampled curves");
  });

  test("its saved fit is predicted with, at a compute only", () => {
    const saved = file("approach1.json", isoflop([...asked(table(rows)), "--json"]).stdout);
    const { predictions } = json(["predict", saved, "--at", "1e21"]);
    const { N, loss } = predictions![0]!.predicted!;
    const [low, high] = N!.ci95 as unknown as [number, number];
    // The optimum of the surface: G (C/6)^(β/(α+β)), Hoffmann et al. 2022, eq. 4.
    const best = ((0.34 * 406.4) / (0.28 * 410.7)) ** (1 / 0.62) * (1e21 / 6) ** (0.28 / 0.62);
    expect(low).toBeLessThan(best);
    expect(high).toBeGreaterThan(best);
    expect(loss!.interval95).toBeUndefined();
    expect(isoflop(["predict", saved, "--at", "1e24"]).stdout).not.toContain("new run;");
    expect(isoflop(["predict", saved, "--size", "1e9"]).stderr).toContain("--size cannot be asked of a fit approach1");
  });

  test("a lone checkpoint is listed, two losses at once are named, and sizes that bracket nothing are refused", () => {
    const lone = json(asked(table([...rows, "5000,100000,9,alone"])));
    expect(lone.points!.dropped).toMatchObject([{ row: 361, reason: "too-few-points" }]);
    const twice = isoflop(asked(table([...rows, `${rows[4]!.replace(/,\d+\.\d+,/, ",3.5,")}`])));
    expect([twice.code, twice.stderr]).toEqual([3, expect.stringContaining("has two losses after")]);
    const few = json(asked(table(rows.slice(0, 60))), { code: 4 });
    expect(few).toMatchObject({ ok: false, status: "too-few-points" });
  });
});
