import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { file, fixture, isoflop, json, llama, scratch } from "./isoflop.js";

const numbers = (value: unknown) => value as number;

describe("fit isoflop", () => {
  test("Llama 3: D* = 0.29936 C^0.53678", () => {
    const { fit, status, points, versions, input } = json(["fit", "isoflop", ...llama, "--x", "D"]);
    expect(numbers(fit!.D!.exponent!.value)).toBeCloseTo(0.5367791270945961, 9);
    expect(numbers(fit!.D!.coefficient!.value)).toBeCloseTo(0.29935514474627667, 7);
    expect(numbers(fit!.D!.logCoefficient!.value)).toBeCloseTo(-1.2061246353670234, 7);
    expect(numbers(fit!.D!.exponent!.standardError)).toBeCloseTo(0.018194145185048197, 9);
    expect(status).toBe("converged");
    expect(points).toMatchObject({ used: 133, dropped: [] });
    expect(versions).toMatchObject({ isoflop: "0.0.0", "@isoflop/scaling": "0.0.0", node: process.versions.node });
    expect(input!.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each([
    ["base/long/kaplan/kaplan/train", 0.8706584146852916],
    ["base/long/kaplan/standard/val", 0.7035900037340416],
    ["base/short/kaplan/standard/val", 0.6046623128388028],
    ["base/short/chinchilla/standard/val", 0.5670548409577008],
    ["tuned/short/const/standard/val", 0.5181053104890744],
  ])("Porian et al., %s: exponent %d by Akima", (label, exponent) => {
    const { fit, points } = json([
      ...["fit", "isoflop", "-i", fixture("porian_owt2_isoflops"), "--columns", "label=config", "--only", label],
      ...["--optimum", "akima", "--loss", "log"],
    ]);
    expect(Math.abs(numbers(fit!.N!.exponent!.value) - exponent)).toBeLessThan(0.003);
    const { used, dropped, otherLabels } = points!;
    expect(numbers(used) + numbers(dropped!.length) + numbers(otherLabels)).toBe(581);
  });

  test("exact parabolas give the paper's laws back to 1e-9", () => {
    const { fit } = json(["fit", "isoflop", "-i", fixture("dit_isoflop_exact")]);
    expect(Math.abs(numbers(fit!.N!.exponent!.value) / 0.5681 - 1)).toBeLessThan(1e-9);
    expect(Math.abs(numbers(fit!.N!.coefficient!.value) / 0.0009 - 1)).toBeLessThan(1e-9);
    expect(Math.abs(numbers(fit!.loss!.coefficient!.value) / 2.3943 - 1)).toBeLessThan(1e-9);
    expect(Math.abs(numbers(fit!.loss!.exponent!.value) / -0.0273 - 1)).toBeLessThan(1e-9);
  });

  test("a metric is minimised in the loss's place", () => {
    const args = ["fit", "isoflop", "-i", fixture("dit_isoflop_exact"), "--columns", "metric:fid=fid"];
    const { fit } = json([...args, "--quantity", "fid"]);
    expect(numbers(fit!.loss!.exponent!.value)).toBeCloseTo(-0.234, 9);
    expect(isoflop([...args, "--quantity", "fid"]).stdout).toMatch(/^fid .* −0\.234/m);
  });

  test("the bootstrap has a seed and its intervals hold the estimate", () => {
    const args = ["fit", "isoflop", "-i", fixture("dit_isoflop_noisy"), "--bootstrap", "100", "--seed"];
    const { fit } = json([...args, "1"]);
    const { bootstrap } = fit!;
    const [low, high] = bootstrap!.N!.exponent!.ci95 as unknown as [number, number];
    const value = numbers(fit!.N!.exponent!.value);
    expect(low).toBeLessThan(value);
    expect(value).toBeLessThan(high);
    expect(bootstrap).toMatchObject({ ok: true, seed: 1, resamples: 100 });
    expect(json([...args, "1"]).fit!.bootstrap).toEqual(bootstrap);
    expect(json([...args, "2"]).fit!.bootstrap).not.toEqual(bootstrap);
  });

  test("a wide grid: the misfit and the bias are said, in a table without it, and predict takes that", () => {
    const input = fixture("wide_grid_exact");
    const { stdout } = isoflop(["fit", "isoflop", "-i", input]);
    expect(stdout).toMatch(/caution: the budgets depart from parabolas, all of them alike.*model error, not noise/);
    expect(stdout).toContain("the plain parabola puts N* 18.6 % too high");
    expect(stdout).toMatch(/^N +3\.6952 +0\.250000/m);
    expect(stdout).toContain("E 1.690, A 406.4, B 410.7, alpha 0.4650, beta 0.1550");
    const asked = ["predict", "-i", input, "--method", "isoflop", "--at", "3.16228e21"];
    const { N, loss } = json(asked).predictions![0]!.predicted!;
    expect(Math.abs(numbers(N!.value) / 876274.3354744982 - 1)).toBeLessThan(1e-6);
    const [low, high] = loss!.interval95 as unknown as [number, number];
    // To within rounding: the data are exact.
    expect(low).toBeLessThan(4.4934063178617 * (1 + 1e-12));
    expect(high).toBeGreaterThan(4.4934063178617 * (1 - 1e-12));
    expect(high - low).toBeLessThan(0.01);
    expect(isoflop(asked).stdout).toMatch(
      /caution: the plain laws of Approach 2 are off here by \+18\.6 % in N, −15\.7 % in D/,
    );
  });

  test("slices, cubics and no correction are choices", () => {
    const input = fixture("wide_grid_exact");
    // G · 6^(−β/(α+β)), Hoffmann et al. 2022, eq. 4.
    const coefficient = ((0.465 * 406.4) / (0.155 * 410.7)) ** (1 / 0.62) * 6 ** -0.25;
    for (const [optimum, within] of [
      ["slice", 1e-8],
      ["cubic", 0.01],
    ] as const) {
      const { fit } = json(["fit", "isoflop", "-i", input, "--optimum", optimum]);
      expect(fit!.choices!.optimum).toBe(optimum);
      expect(Math.abs(numbers(fit!.N!.coefficient!.value) / coefficient - 1)).toBeLessThan(within);
    }
    const plain = json(["fit", "isoflop", "-i", input, "--correction", "none"]);
    expect(plain.fit!.corrected).toMatchObject({ ok: false });
    const { stderr, code } = isoflop(["fit", "isoflop", "-i", input, "--optimum", "parabole"]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("parabola, huber, akima, cubic, slice")]);
  });

  test("runs weigh by their errors where those differ", () => {
    const [head, ...lines] = readFileSync(fixture("dit_isoflop_noisy"), "utf8").trim().split("\n");
    const table = file(
      "sigma.csv",
      [`${head},sigma`, ...lines.map((line, i) => `${line},${i % 2 ? 0.0005 : 0.005}`)].join("\n"),
    );
    const by = (args: readonly string[]) => json(["fit", "isoflop", "-i", table, ...args]).fit!;
    expect(by([]).choices!.weights).toBe("sigma");
    expect(by([]).N).toEqual(by(["--weights", "sigma"]).N);
    expect(by(["--weights", "alike"]).N!.exponent!.value).toBe(
      json(["fit", "isoflop", "-i", fixture("dit_isoflop_noisy")]).fit!.N!.exponent!.value,
    );
    expect(isoflop(["fit", "isoflop", "-i", table]).stdout).toContain("runs weigh by their sigma");
  });

  test("too few budgets: status 4, the document is printed, every row has its reason", () => {
    const rows = readFileSync(fixture("dit_isoflop_exact"), "utf8")
      .split("\n")
      .slice(0, 1 + 9 + 9 + 3);
    const small = file("small.csv", rows.join("\n"));
    const document = json(["fit", "isoflop", "-i", small], { code: 4 });
    expect(document).toMatchObject({ ok: false, status: "too-few-budgets" });
    expect(document.fit!.N).toMatchObject({ ok: false, reason: "too-few-budgets" });
    expect(document.points).toMatchObject({ used: 18 });
    const dropped = document.points!.dropped as unknown as { row: number; reason: string }[];
    expect(dropped.map(({ row, reason }) => [row, reason])).toEqual([19, 20, 21].map((row) => [row, "too-few-sizes"]));
    const { code, stdout, stderr } = isoflop(["fit", "isoflop", "-i", small]);
    expect([code, stderr.trim()]).toEqual([
      4,
      "isoflop: too-few-budgets: 2 of 3 budgets have an interior minimum; a law needs at least 3",
    ]);
    expect(stdout).toContain("refused: too few sizes");
  });

  test("an unwritable report: status 1, the fit is printed all the same, nothing is half written", () => {
    const path = scratch("no-folder/iso.html");
    const { code, stdout, stderr } = isoflop(["fit", "isoflop", ...llama, "--report", path]);
    expect(code).toBe(1);
    expect(stdout).toContain("0.463221");
    expect(stderr).toContain(`cannot write ${path}`);
    expect(existsSync(path)).toBe(false);
  });
});
