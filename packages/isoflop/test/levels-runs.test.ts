import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { convertLosses, quantiles } from "@isoflop/diffusion";
import { buildObjective } from "@isoflop/train";
import { expect, test } from "vitest";
import { isoflop, type Json, json } from "./isoflop.js";
import { density, folderOf, type Kept, lossAt, objective, SAMPLES, times } from "./validated-runs.js";

const quick = ["--bootstrap", "4", "--at", "1e18"];
const sumsOf = (document: Json) => document.levels!.sums!.sums as unknown as Json[];

test("a folder of runs has a level for each part of the clock, and the loss of training is their mean", () => {
  const found = json(["levels", "-i", folderOf("levels"), ...quick]);
  expect(found.from).toEqual({ kind: "samples", samples: SAMPLES, bins: 8 });
  const levels = found.levels!.levels as unknown as Json[];
  expect(levels.map(({ t }) => Number(t))).toEqual(quantiles(density, 8).map((t) => expect.closeTo(t, 12)));
  expect(levels.reduce((sum, { width }) => sum + Number(width), 0)).toBeCloseTo(1, 12);
  const [trained, ...others] = sumsOf(found);
  expect(others).toEqual([]);
  expect(trained!.weights).toEqual(Array(8).fill(1 / 8));
  expect(Number(trained!.apart)).toBeLessThan(1e-6);
});

test("samples are weighed one by one, in any number of parts; the sum of more parts is nearer to them", () => {
  const folder = folderOf("samples");
  const uniform = ["--density", "uniform"];
  const at = (bins: string) => sumsOf(json(["levels", "-i", folder, ...quick, ...uniform, "--bins", bins]))[1]!;
  const [coarse, fine] = [at("4"), at("32")];
  expect(Number(fine!.apart)).toBeLessThan(Number(coarse!.apart) / 2);
  expect(Number(coarse!.apart)).toBeLessThan(0.02);
  expect(fine!.weights as unknown as number[]).toHaveLength(32);
  // One fit through the losses is that of the samples, whatever the parts.
  expect(fine!.direct).toEqual(coarse!.direct);
  const N = Math.sqrt(1.6e18 / 120);
  const losses = times.map((t) => lossAt(t, N, N * 20));
  const to = buildObjective({ ...objective, density: { kind: "uniform" } });
  const { mean } = convertLosses({ losses, times }, { from: buildObjective(objective), to });
  const integral =
    Array.from({ length: 2000 }, (_, i) => lossAt((i + 0.5) / 2000, N, N * 20)).reduce((s, v) => s + v) / 2000;
  // The quantiles of the density reach less far than 0 and 1.
  expect(Math.abs(mean / integral - 1)).toBeLessThan(0.02);
});

test("parts of the clock alone re-weigh exactly where EDM's F errs evenly in each", () => {
  // An error of x that is 1 in F of deviation 1 is (σ² + α²)² / … of the velocity; its shape is read off a conversion.
  const from = buildObjective(objective);
  const F = buildObjective({
    ...objective,
    prediction: { kind: "F", sigmaData: 1 } as never,
    density: objective.density,
  });
  const ofF = convertLosses({ losses: times.map(() => 1), times }, { from: F, to: from }).losses;
  const part = (t: number) => Math.min(7, Math.floor((times.indexOf(t) * 8) / SAMPLES));
  const of = (t: number, N: number, D: number) => ofF[times.indexOf(t)]! * lossAt((part(t) + 0.5) / 8, N, D);
  const asked = ["--weighting", "minSnr:5", ...quick];
  const whole = json(["levels", "-i", folderOf("even", { of }), ...asked]);
  const [, exact] = sumsOf(whole);
  expect(Number(exact!.apart)).toBeLessThan(2e-3);
  const parts = json(["levels", "-i", folderOf("parts", { of, losses: (i) => i % 2 === 0 }), ...asked]);
  expect(parts.from).toEqual({ kind: "bins", bins: 8 });
  const [, binned] = sumsOf(parts);
  expect(binned).not.toHaveProperty("apart");
  const weightsOf = ({ weights }: Json) => weights as unknown as number[];
  expect(weightsOf(binned!)).toEqual(weightsOf(exact!).map((w) => expect.closeTo(w, 4)));
  const lossOf = (sum: Json) => Number((sum.at as unknown as Json[])[0]!.loss!.value);
  expect(lossOf(binned!) / lossOf(exact!)).toBeCloseTo(1, 3);
});

test("text says by what the losses were re-weighed, and where a density is doubtful", () => {
  const folder = folderOf("words");
  const { stdout, code } = isoflop(["levels", "-i", folder, ...quick, "--weighting", "minSnr:5"]);
  expect(code).toBe(0);
  expect(stdout).toContain("20 runs with the losses of 512 samples in 8 parts of the clock each, 0 dropped");
  expect(stdout).toMatch(/through the means of the samples by importance weights; .* differ from them by at most \d/);
  const bins = isoflop([
    "levels",
    "-i",
    folderOf("bin-words", { losses: () => false }),
    ...quick,
    "--density",
    "uniform",
  ]);
  expect(bins.stdout).toContain("20 runs with the means of 8 parts of the clock each");
  expect(bins.stdout).toContain("as if the error of EDM's F were even in each");
  const far = isoflop(["levels", "-i", folder, ...quick, "--density", "logitNormal:6,0.3"]);
  expect(far.stdout).toMatch(/caution: the logit-normal\(0, 1\) density draws few of the times/);
});

test("export has the parts as a table", () => {
  const folder = folderOf("export");
  const csv = isoflop(["export", folder, "--table", "bins", "--as", "csv"]).stdout.trim().split("\n");
  expect(csv).toHaveLength(1 + 20 * 8);
  expect(csv[0]).toBe("label,from,to,loss,sigma");
  expect(csv[1]).toMatch(/^0{16},0,0\.2404\d*,\d+\.\d+,0\.001$/);
  const none = folderOf("export-none", { bins: false });
  expect(isoflop(["export", none, "--table", "bins", "--as", "csv"])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("there is no table bins; there are: runs"),
  });
});

test("runs of before, with neither, are dropped; a folder of them alone is refused: status 3", () => {
  const some = folderOf("some");
  const file = join(some, "0".repeat(16), "run.json");
  const { result, ...record } = JSON.parse(readFileSync(file, "utf8"));
  const { lossBins: _, ...before } = result;
  writeFileSync(file, JSON.stringify({ ...record, result: before }));
  rmSync(join(some, "0".repeat(16), "losses.json.gz"));
  const { points, from } = json(["levels", "-i", some, ...quick]);
  expect([points!.used, from!.kind]).toEqual([19, "samples"]);
  expect(points!.dropped).toMatchObject([{ reason: "no-loss" }]);
  const none = isoflop(["levels", "-i", folderOf("none", { losses: () => false, bins: false }), ...quick]);
  expect([none.code, none.stderr]).toEqual([3, expect.stringContaining("says anything of its loss by noise level")]);
});

test.each<[string, Kept, readonly string[], number, string]>([
  ["a", {}, ["--trained-density", "uniform"], 2, "--trained-density is of a table"],
  ["b", {}, ["--path", "cosine"], 2, "--path is of a table"],
  ["c", {}, ["--bins", "5"], 2, "--bins is 5; it must divide the 512 samples of a run into even parts"],
  [
    "d",
    { losses: (i) => i > 0 },
    ["--bins", "4"],
    2,
    "--bins is 4; not all runs kept the losses of their samples, and their results have 8",
  ],
  [
    "e",
    { samples: (i) => (i === 3 ? { split: "other" } : {}) },
    [],
    3,
    'were validated on other samples: split is "validation" of the one and "other" of the other',
  ],
])("%s: %j %j: status %d", (name, kept, args, status, message) => {
  const { code, stderr } = isoflop(["levels", "-i", folderOf(`wrong-${name}`, kept), ...quick, ...args]);
  expect([code, stderr]).toEqual([status, expect.stringContaining(message)]);
});
