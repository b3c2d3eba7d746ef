import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readComparison } from "@isoflop/plot";
import { resolveStudy, writtenStudy } from "isoflop/study";
import { afterAll, describe, expect, it } from "vitest";
import { simulatedGrid, toyStudy } from "../../../vitest.study.js";
import { measures, readRuns, told, worthOf } from "../worth.mjs";

const here = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "isoflop-paper-objectives-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("trains one recipe by five objectives, each at rates of its own, and measures all alike", async () => {
  const { file } = await resolveStudy(await writtenStudy(join(here, "study.yaml")));
  const arms = file.compare as readonly Readonly<Record<string, unknown>>[];
  expect(arms.map(({ name }) => name)).toEqual(["flow", "flow-uniform", "ddpm-noise", "ddpm-v", "ddpm-v-cosine"]);
  for (const arm of arms) expect(Object.keys(arm)).toEqual(["name", "objective"]);
  expect(file.optimizer.learningRate).toBe("tune");
  expect(file.metrics).toMatchObject([
    { kind: "validation", objective: { prediction: "velocity", path: "linear" } },
    { kind: "validation", objective: { preset: "ddpm" } },
    { kind: "kid", sampler: "dpmSolverPP", grid: { kind: "karras" } },
  ]);
});

describe("what compute is worth", () => {
  const columns = [
    "validation(objective=velocity-linear-logit-normal-0-1)",
    "validation(objective=noise-discrete-linear-1000-discrete-uniform-1000)",
    "kid(count=512)",
  ];
  /** By the second measure an arm needs the square of what it needs by the first. */
  const rowsOf = (arm: string, more: number) =>
    simulatedGrid(more).map(({ C, N, D, loss }) => [arm, C, N, D, loss(more), loss(more ** 2), 1].join(","));

  it("is given back of runs whose compute counts in part", () => {
    const shares: Readonly<Record<string, number>> = {
      ...{ flow: 1, "flow-uniform": 1.1, "ddpm-noise": 1.5 },
      ...{ "ddpm-v": 0.8, "ddpm-v-cosine": 1.2 },
    };
    const rows = Object.entries(shares).flatMap(([arm, more]) => rowsOf(arm, more));
    for (const { arm, by, mean } of worthOf(readRuns([["arm,C,N,D", ...columns].join(), ...rows].join("\n")))) {
      const right = shares[arm]! ** -(measures.indexOf(by) + 1);
      expect(mean.value / right, `${arm} by ${by}`).toBeCloseTo(1, 1);
      expect(mean.ci95[1] / mean.ci95[0]).toBeLessThan(1.3);
    }
  });

  it("is that of the page, of the table beside it", () => {
    const runs = readRuns(readFileSync(join(here, "runs.csv"), "utf8"));
    const page = readFileSync(join(here, "README.md"), "utf8");
    expect(runs).toHaveLength(165);
    for (const { arm, by, mean } of worthOf(runs)) expect(page, `${arm} by ${by}`).toContain(told(mean));
  });
});

it("at toy size: unlike objectives are compared by what both are measured by", () => {
  const { words, file } = toyStudy(here, join(folder, "toy"), [
    "grid.budgets=[2.5e8, 5e8, 1e9]",
    "heldOut=null",
    "optimizer.learningRate=0.01",
    "metrics=[{kind: validation, images: 64, objective: {density: logitNormal}}]",
    "compare=[{name: flow, objective: rectifiedFlow}, {name: ddpm, objective: {preset: ddpm}}]",
  ]);
  const { arms, lossesDiffer, metrics } = readComparison(JSON.parse(file("summary.json")));
  expect(arms.map(({ name, comparison }) => [name, comparison])).toEqual([
    ["flow", undefined],
    ["ddpm", undefined],
  ]);
  expect(lossesDiffer).toContain("measured in unlike ways");
  expect(metrics!.map(({ title, differs }) => [title, differs])).toEqual([["validation", undefined]]);
  expect(metrics![0]!.laws[1]!.comparison!.trend.ok).toBe(true);
  const { runs, quantities } = arms[0]!.summary;
  expect(quantities![0]!.fit!.budgets.flatMap(({ runs }) => runs.map(({ loss }) => loss)).sort()).toEqual(
    runs.map(({ loss }) => loss).sort(),
  );
  expect(words).toContain("Effective compute");
}, 120_000);
