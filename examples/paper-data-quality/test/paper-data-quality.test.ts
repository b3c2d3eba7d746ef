import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readComparison } from "@isoflop/plot";
import { resolveStudy, writtenStudy } from "isoflop/study";
import { afterAll, describe, expect, it } from "vitest";
import { simulatedGrid, toyStudy } from "../../../vitest.study.js";
import { readRuns, told, worthOf } from "../worth.mjs";

const here = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "isoflop-paper-data-quality-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("trains one recipe on data of five qualities, and measures all on the same clean pictures", async () => {
  const { file } = await resolveStudy(await writtenStudy(join(here, "study.yaml")));
  const arms = file.compare as readonly Readonly<Record<string, unknown>>[];
  expect(arms.map(({ name }) => name)).toEqual(["exact", "half-shuffled", "no-captions", "noise-0.1", "noise-0.3"]);
  for (const arm of arms) expect(Object.keys(arm)).toEqual(["name", "data"]);
  expect(file.data).toMatchObject(arms[0]!.data as object);
  expect(file.metrics).toMatchObject([{ data: { source: "emoji" } }, { kind: "validation" }]);
});

describe("what compute is worth", () => {
  const head = "arm,C,N,D,validation(data=emoji),validation(data=untold)";
  const rowsOf = (arm: string, more: number) =>
    simulatedGrid(more).map(({ C, N, D, loss }) => [arm, C, N, D, loss(more), 1.1 * loss(more)].join(","));
  const names = ["exact", "half-shuffled", "no-captions", "noise-0.1", "noise-0.3"];

  it("is given back of runs whose compute counts in part", () => {
    const shares = [1, 2, 4, 1.2, 3];
    const rows = names.flatMap((name, i) => rowsOf(name, shares[i]!));
    const all = worthOf(readRuns([head, ...rows].join("\n")));
    for (const { arm, by, baseBy, mean } of all.filter(({ by, baseBy }) => by === baseBy)) {
      const share = 1 / shares[names.indexOf(arm)]!;
      expect(mean.value / share, `${arm} ${by} ${baseBy}`).toBeCloseTo(1, 1);
      expect(mean.ci95[1] / mean.ci95[0]).toBeLessThan(1.2);
    }
  });

  it("is that of the page, of the table beside it", () => {
    const runs = readRuns(readFileSync(join(here, "runs.csv"), "utf8"));
    const page = readFileSync(join(here, "README.md"), "utf8");
    expect(runs).toHaveLength(230);
    for (const { arm, by, mean } of worthOf(runs)) expect(page, `${arm}, ${by}`).toContain(told(mean));
  });
});

it("at toy size: arms of unlike data are compared by a loss on the same pictures", () => {
  const { words, file } = toyStudy(here, join(folder, "toy"), [
    "grid.budgets=[2.5e8, 5e8, 1e9]",
    "heldOut=null",
    "metrics=[{kind: validation, images: 64, data: {source: emoji, size: 16}}]",
    "compare=[{name: exact, data: emoji}, {name: shuffled, data: {module: ./parts/worse.ts, shuffled: 1, noise: 0.5}}]",
  ]);
  const { arms, lossesDiffer, metrics } = readComparison(JSON.parse(file("summary.json")));
  expect(arms.map(({ name, comparison }) => [name, comparison])).toEqual([
    ["exact", undefined],
    ["shuffled", undefined],
  ]);
  expect(lossesDiffer).toContain("they are of other data");
  const [metric] = metrics!;
  expect(metric).toMatchObject({ title: "validation" });
  const { trend } = metric!.laws[1]!.comparison!;
  expect(trend.ok && trend.ratio.value).toBeGreaterThan(1);
  expect(words).toContain("Effective compute");
  expect(existsSync(join(folder, "toy", "figures", "effective-compute-validation.svg"))).toBe(true);
}, 120_000);
