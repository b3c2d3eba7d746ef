import { describe, expect, it } from "vitest";
import { foresight, truths } from "../bench/foresight.js";
import {
  expectOk,
  parseRuns,
  predictRollOut,
  type Rehearsal,
  type Run,
  rehearsalScore,
  rollOut,
} from "../src/index.js";
import { read } from "./data.js";

/** Runs that this project trained: small transformers on emoji scenes, with the time in two ways, and on CIFAR-10. */
const all = parseRuns(read("small_runs.csv"), { columns: { label: "label" } }).runs;
const floors: Readonly<Record<string, { value: number; standardError: number }>> = {
  emoji: { value: 0.0194, standardError: 0.0008 },
};

const rolled = (label: string, upTo = Number.POSITIVE_INFINITY) => {
  const runs = all.filter((run) => run.label === label && run.C < 1.05 * upTo);
  return expectOk(rollOut(runs, { ...(floors[label] && { floor: floors[label] }), rehearse: upTo > 1e13 }));
};

const about = (rehearsals: readonly Rehearsal[], factor: number) =>
  rehearsals.filter(({ distance }) => distance > factor / 1.42 && distance < factor * 1.42);

describe("rehearsals of trained runs", { timeout: 120_000 }, () => {
  const of = Object.fromEntries([...new Set(all.map(({ label }) => label!))].map((label) => [label, rolled(label)]));

  it("hold 93 of a hundred runs at two to ten times the compute, with errors of the size of their intervals", () => {
    const rehearsals = Object.values(of).flatMap((fit) => fit.rehearsals!);
    const { runs, inside, rms } = rehearsalScore(rehearsals);
    expect(runs).toBeGreaterThan(250);
    expect(inside).toBeGreaterThan(0.93);
    expect(rms).toBeLessThan(1.2);
    for (const factor of [2, 4, 8]) {
      const score = rehearsalScore(about(rehearsals, factor));
      expect(score.inside).toBeGreaterThan(0.93);
      expect(score.rms).toBeLessThan(1.2);
    }
  });

  it.each(Object.keys(of))("hold them of %s alone", (label) => {
    const { inside, rms } = rehearsalScore(of[label]!.rehearsals!);
    expect(inside).toBeGreaterThan(0.93);
    expect(rms).toBeLessThan(1.2);
  });

  it("are of the runs up to a budget and of no other", () => {
    const last = of.cifar10!.rehearsals!.find(({ upTo }) => Math.abs(upTo / 1.6e11 - 1) < 0.01)!;
    const runs = all.filter((run) => run.label === "cifar10" && run.C < 2e11);
    const fit = expectOk(rollOut(runs, { rehearse: false, flopsPerToken: of.cifar10!.flopsPerToken }));
    const next = all.find((run) => run.label === "cifar10" && run.C > 3e11) as Run;
    const { value } = expectOk(predictRollOut(fit, next)).predicted.loss;
    expect(last.points).toBe(runs.length);
    expect(last.runs[0]!.error).toBeCloseTo(Math.log(next.loss / value), 2);
  });

  it.each([
    ["emoji", 0.06],
    ["cifar10", 0.08],
  ])("of %s: ten times the largest of six budgets lies in an interval of less than ± %d", (label, most) => {
    const fit = rolled(label, 3.2e11);
    const beyond = all.filter((run) => run.label === label && Math.abs(run.C / 3.2e12 - 1) < 0.05);
    expect(beyond).toHaveLength(2);
    for (const { N, D, loss } of beyond) {
      const [low, high] = expectOk(predictRollOut(fit, { N, D })).predicted.loss.interval95!;
      expect(Math.log(high / low) / 2).toBeLessThan(most);
      expect(loss).toBeGreaterThan(low);
      expect(loss).toBeLessThan(high);
    }
  });
});

describe("simulated studies", { timeout: 120_000 }, () => {
  it("hold a run at ten times the largest budget, whatever of four laws is true", () => {
    const cells = truths.map((truth) => foresight(truth, 0.015, 2, { first: 100 }));
    for (const by of ["mixture", "joint"] as const) {
      const runs = cells.reduce((s, cell) => s + cell[by].runs, 0);
      const covered = cells.reduce((s, cell) => s + cell[by].covered * cell[by].runs, 0);
      expect(runs).toBe(16);
      expect(covered / runs).toBeGreaterThan(0.8);
      for (const cell of cells) expect(cell[by].halfWidth).toBeLessThan(0.12);
    }
  });
});
