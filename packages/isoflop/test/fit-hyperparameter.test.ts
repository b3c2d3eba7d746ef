import { describe, expect, test } from "vitest";
import { file, fixture, isoflop, json, scratch } from "./isoflop.js";

const number = (value: unknown) => value as number;
const args = ["fit", "hyperparameter", "-i", fixture("emoji_lr_sweep"), "--on", "width,D", "--loss", "loss"];

describe("fit hyperparameter", () => {
  test("a sweep gives the law, the minima of its cells, and the price of a factor of two", () => {
    const { fit, points, status } = json([...args, "--scale", "log"]);
    expect(status).toBe("converged");
    expect(points!.used).toBe(40);
    expect(fit).toMatchObject({ record: "hyperparameter", method: "cells", scale: "log" });
    expect(fit!.cells).toHaveLength(10);
    expect(number(fit!.laws!.lr!.exponents!.width!.value)).toBeCloseTo(-0.9927, 3);
    const { stdout } = isoflop([...args, "--scale", "log"]);
    expect(stdout).toContain("exponent of width");
    expect(stdout).toMatch(/by a factor of 2[\s\S]*1\.89 %/);
  });

  test("a saved law answers for the numbers that it was made with, by name", () => {
    const saved = file("lr.json", isoflop([...args, "--json"]).stdout);
    const ask = (...asked: string[]) => isoflop(["predict", saved, ...asked]);
    const { predictions } = json(["predict", saved, "--with", "width=64", "--tokens", "1e7"]);
    expect(predictions![0]!.given).toEqual({ width: 64, D: 1e7 });
    const { value, ci95, interval95 } = predictions![0]!.predicted!.lr!;
    expect(number(ci95![0])).toBeLessThan(number(value));
    expect(number(interval95![1])).toBeGreaterThan(number(ci95![1]));
    expect(ask("--tokens", "1e7")).toMatchObject({
      code: 2,
      stderr: "isoflop: these laws need width and D: --with width=…\n",
    });
    expect(ask("--with", "width=64,depth=2", "--tokens", "1e7").stderr).toContain(
      "these laws know no depth; they are of width and D",
    );
    expect(ask("--reach", "2").stderr).toContain(
      "--reach cannot be asked of a fit hyperparameter; expected --at, --size, --tokens, --with",
    );
    expect(ask("--with", "width").stderr).toContain('"width" is not name=value, such as width=256');
    expect(isoflop(["compare", saved, saved])).toMatchObject({ code: 2 });
  });

  test("a form of the literature says what depends on what; laws of C are asked with --at", () => {
    const rows = [1e18, 1e19, 1e20, 1e21].map((C, i) => `${C},${0.3 * C ** -0.125 * (1 + 0.01 * (-1) ** i)}`);
    const input = file("optima.csv", ["C,eta", ...rows].join("\n"));
    const optima = ["fit", "hyperparameter", "-i", input, "--form", "deepseek", "--columns", "lr=eta"];
    const { fit } = json(optima);
    expect(fit!.method).toBe("optima");
    expect(number(fit!.laws!.lr!.exponents!.C!.value)).toBeCloseTo(-0.125, 2);
    const { predictions } = json([
      "predict",
      file("deepseek.json", isoflop([...optima, "--json"]).stdout),
      "--at",
      "1e22,1e23",
    ]);
    expect(predictions).toHaveLength(2);
    expect(isoflop([...optima, "--on", "N"]).stderr).toContain("--form and --on are given; expected one of them");
    expect(isoflop([...optima, "--y", "beta2"]).stderr).toContain(
      "--form deepseek has no law of beta2; expected lr or batch",
    );
  });

  test("rows of cells without a minimum are listed with their reason", () => {
    const sweep = [1, 2, 3, 4].flatMap((c) =>
      [1, 2, 4, 8, 16].map((lr, i) => {
        const off = Math.log(lr / (c === 4 ? 100 : 4 * 0.9 ** c));
        return `${10 ** c},${lr},${2 + 0.05 * off ** 2 + 0.0002 * (-1) ** i}`;
      }),
    );
    const input = file("edge.csv", ["N,lr,loss", ...sweep].join("\n"));
    const { points } = json(["fit", "hyperparameter", "-i", input, "--on", "N", "--loss", "loss"]);
    expect(points).toMatchObject({ used: 15 });
    expect(points!.dropped).toHaveLength(5);
    expect(points!.dropped![0]).toMatchObject({ row: 16, reason: "edge-minimum" });
  });

  test.each([
    [["--y", "lr"], 2, "what the hyperparameters depend on is not said: --on N,D, or --form NAME"],
    [["--on", "N", "--method", "joint"], 2, "--method is for sweeps, with --loss"],
    [["--on", "M"], 3, 'there is no column "M" (for M)'],
    [["--on", "N^2"], 2, 'a predictor is "N^2"; expected a name'],
    [["--on", "width,N", "--loss", "loss"], 4, "cannot tell"],
  ])("%j: status %d", (more, code, message) => {
    const finished = isoflop(["fit", "hyperparameter", "-i", fixture("emoji_lr_sweep"), ...more]);
    expect(finished.stderr).toContain(message);
    expect(finished.code).toBe(code);
  });

  test("the page has the law and the basin", async () => {
    const page = scratch("lr.html");
    expect(isoflop([...args, "--report", page]).code).toBe(0);
    const { readFileSync } = await import("node:fs");
    expect(readFileSync(page, "utf8")).toMatch(/class="point"[\s\S]*class="basin"/);
  });
});
