import { readFileSync } from "node:fs";
import { readNoiseLevels } from "@isoflop/scaling";
import { describe, expect, test } from "vitest";
import { file, fixture, isoflop, json, scratch } from "./isoflop.js";

const times = [0.1, 0.3, 0.5, 0.7, 0.9];

/** Without noise: size matters most near the data. */
const lossAt = (t: number, N: number, D: number) =>
  0.2 + 0.5 * t + (1500 * (1 - t) ** 2 + 60) / N ** 0.34 + (200 + 600 * t) / D ** 0.28;

const runs = [1e17, 4e17, 1.6e18, 6.4e18].flatMap((C) =>
  [0.25, 0.5, 1, 2, 4].map((f) => {
    const N = f * Math.sqrt(C / 120);
    return { N, D: C / (6 * N), C };
  }),
);

const wide = () => {
  const rows = runs.map(({ N, D }) => [N, D, ...times.map((t) => lossAt(t, N, D))].join(","));
  return file("wide.csv", [`N,D,${times.map((t) => `loss@${t}`).join(",")}`, ...rows].join("\n"));
};

const long = () => {
  const rows = runs.flatMap(({ N, D }) => times.map((t) => [N, D, t, lossAt(t, N, D)].join(",")));
  return file("long.csv", ["N,D,noise,mse", ...rows].join("\n"));
};

const quick = ["--bootstrap", "5", "--at", "1e20"];

interface Told {
  readonly sums: { readonly sums: readonly { readonly name: string; readonly weights: number[] }[] };
}
const sumsOf = (args: readonly string[]) => (json(["levels", ...args]).levels as unknown as Told).sums.sums;

describe("levels", () => {
  test("a column for each time and a row for each time are the same table", () => {
    const one = json(["levels", "-i", wide(), ...quick]);
    const other = json(["levels", "-i", long(), "--columns", "t=noise,loss=mse", ...quick]);
    expect(other.levels).toEqual(one.levels);
    const { record, points, levels } = readNoiseLevels(JSON.stringify(one.levels));
    expect([record, points, levels.length]).toEqual(["levels", 20, 5]);
  });

  test("weights are density times weighting times width, of the squared error that the losses are", () => {
    const [uniform] = sumsOf(["-i", wide(), ...quick, "--trained-density", "uniform"]);
    expect(uniform!.weights).toEqual(times.map(() => expect.closeTo(0.2, 12)));
    const [, minSnr] = sumsOf([
      ...["-i", wide(), ...quick, "--trained-density", "uniform", "--weighting", "minSnr:5"],
      ...["--error-in", "data"],
    ]);
    // min(SNR, 5) on the error of the data; the linear path has SNR ((1 − t) / t)².
    expect(minSnr!.weights).toEqual(times.map((t) => expect.closeTo(0.2 * Math.min(((1 - t) / t) ** 2, 5), 9)));
    const [, normal] = sumsOf([
      "-i",
      wide(),
      ...quick,
      "--trained-density",
      "uniform",
      "--density",
      "logitNormal:0.5,0.8",
    ]);
    const z = (Math.log(0.3 / 0.7) - 0.5) / 0.8;
    const pdf = Math.exp(-(z ** 2) / 2) / (0.8 * Math.sqrt(2 * Math.PI) * 0.3 * 0.7);
    expect(normal!.weights[1]).toBeCloseTo(0.2 * pdf, 9);
    expect(normal!.name).toBe("logit-normal(0.5, 0.8), unweighted");
  });

  test("text: the levels, both losses, and how much larger the best model is under the other", () => {
    const { stdout, code } = isoflop(["levels", "-i", wide(), ...quick, "--density", "shifted:by=0.2"]);
    expect(code).toBe(0);
    expect(stdout).toContain("20 runs with 5 times each, 0 dropped");
    expect(stdout).toContain("logit-normal(0, 1), shifted by 0.2, unweighted");
    const [, ratio] = /1e20 .* (\d\.\d+) +\[\d\.\d+, \d\.\d+\]\n/.exec(stdout.slice(stdout.indexOf("shifted")))!;
    // Shifted towards the data, where size matters.
    expect(Number(ratio)).toBeGreaterThan(1.2);
  });

  test("the report has both figures", () => {
    const page = scratch("levels.html");
    isoflop(["levels", "-i", wide(), ...quick, "--report", page]);
    expect(readFileSync(page, "utf8").match(/<figure/g)).toHaveLength(2);
  });

  test.each([
    [["TABLE", "--density", "gamma"], 2, "Expected one of uniform, logitNormal"],
    [["TABLE", "--weighting", "minSnr:-5"], 2, "gamma: expected a finite number above 0"],
    [["TABLE", "--weighting", "minSnr:5,6"], 2, "minSnr has 1 options: gamma"],
    [["TABLE", "--columns", "x=y"], 2, '--columns has "x"; expected C, N, D, loss, seed, label or t'],
    [["OTHER"], 3, "there are no noise levels"],
  ])("%j: status %d, %s", (args, status, message) => {
    const words = args.map((word) => ({ TABLE: wide(), OTHER: fixture("iso_chinchilla_xl") })[word] ?? word);
    const { code, stderr } = isoflop(["levels", "-i", ...words]);
    expect([code, stderr]).toEqual([status, expect.stringContaining(message)]);
  });
});
