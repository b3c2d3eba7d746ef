import { describe, expect, it } from "vitest";
import { curves, kinds, normal, study } from "../bench/studies.js";
import {
  bestPerCell,
  clusterOf,
  clustersOf,
  divergedRuns,
  independence,
  parseRuns,
  quantityAsLoss,
  type Run,
  random,
  ScalingError,
} from "../src/index.js";
import { csv, dit, epoch, llama3, porian } from "./data.js";

const configs = [
  ...["base/long/kaplan/kaplan/train", "base/long/kaplan/standard/val", "base/short/kaplan/standard/val"],
  ...["base/short/chinchilla/standard/val", "tuned/short/const/standard/val"],
];

const real: Readonly<Record<string, () => readonly Run[]>> = {
  epoch: () => epoch(0),
  llama3,
  cs336: () => csv("cs336_isoflops"),
  "dit exact": () => dit("exact"),
  "dit noisy": () => dit("noisy"),
  "fid of dit": () => quantityAsLoss(dit("noisy"), "fid").runs,
  "a wide grid": () => csv("iso_chinchilla_xl"),
  "a symmetric grid": () => csv("iso_symmetric_l"),
  ...Object.fromEntries(configs.map((config) => [config, () => porian(config)])),
  "all configs": () => configs.flatMap(porian),
};

describe("runs that diverged", () => {
  it.each(Object.keys(real))("%s has none", (name) => {
    const { runs, dropped } = divergedRuns(real[name]!());
    expect(dropped).toEqual([]);
    expect(runs).toEqual(real[name]!());
  });

  it.each(kinds)("noise is not taken for one: 800 studies, %s", (kind) => {
    for (const [i, sd] of [0, 0.003, 0.02, 0.08].entries())
      for (let seed = 0; seed < 200; seed++) {
        const { dropped } = divergedRuns(study(kind, 1000 * i + seed, sd));
        expect(dropped, `seed ${seed}, noise ${sd}`).toEqual([]);
      }
  });

  it.each([
    ["budgets", 0.8],
    ["ladder", 0.8],
    ["grid", 0.5],
    ["scattered", 0.5],
  ] as const)("one of 2.5 times its loss is found and nothing else goes, %s", (kind, share) => {
    let found = 0;
    for (let seed = 0; seed < 100; seed++) {
      const runs = study(kind, seed, 0.005);
      const at = Math.floor(runs.length * random(seed + 7)());
      const { dropped } = divergedRuns(runs.with(at, { ...runs[at]!, loss: 2.5 * runs[at]!.loss }));
      expect(dropped.filter(({ row }) => row !== at + 1)).toEqual([]);
      found += dropped.length;
    }
    expect(found).toBeGreaterThan(100 * share);
  });

  const budget = (losses: readonly number[], C = 6e18, from = 1) =>
    losses.map((loss, i) => ({ C, N: 1e7 * 2 ** i, D: C / (6e7 * 2 ** i), loss, row: from + i }));
  const sound = [...budget([3, 2.9, 2.86, 2.9, 3.01]), ...budget([2.8, 2.66, 2.6, 2.63, 2.7], 2.4e19, 6)];

  it("is named with the runs beside it", () => {
    const { runs, dropped } = divergedRuns(sound.with(2, { ...sound[2]!, loss: 7.1 }));
    expect(runs).toHaveLength(9);
    const message = "loss 7.100 is 2.4 times that of row 4, which both smaller and larger models reach at this compute";
    expect(dropped).toEqual([{ row: 3, reason: "diverged", message }]);
  });

  it("at the end of a budget, and where smaller models on less data tell", () => {
    expect(divergedRuns(sound.with(4, { ...sound[4]!, loss: 6.2 })).dropped).toMatchObject([
      { row: 5, message: expect.stringContaining("the highest of all other sizes at this compute") },
    ]);
    const two = [...sound, ...budget([2.9, 2.8, 2.75, 2.79, 2.87], 1.2e19, 11)];
    const after = [...two, { C: 9.6e19, N: 4e7, D: 4e11, loss: 5, row: 16 }];
    expect(divergedRuns(after).dropped).toMatchObject([
      { row: 16, message: expect.stringContaining("no more parameters and no more tokens") },
    ]);
  });

  it("a loss that is too low costs no run, least of all the others", () => {
    for (let at = 0; at < sound.length; at++)
      expect(divergedRuns(sound.with(at, { ...sound[at]!, loss: 0.4 })).dropped).toEqual([]);
  });

  it("many are another table, and are told instead", () => {
    const runs = study("ladder", 3, 0.003);
    const worse = runs.map((run, i) => (i % 4 === 0 ? { ...run, loss: 3 * run.loss } : run));
    const { runs: kept, dropped, caution } = divergedRuns(worse);
    expect([kept.length, dropped]).toEqual([runs.length, []]);
    expect(caution).toMatch(/^\d+ of \d+ rows have a loss far above/);
  });

  it("studies of two labels, and data seen several times, are not compared", () => {
    const runs = study("ladder", 5, 0.003);
    const labelled = [
      ...runs.map((run) => ({ ...run, label: "a" })),
      ...runs.slice(0, 4).map((run) => ({ ...run, loss: 2 * run.loss, label: "b" })),
    ];
    expect(divergedRuns(labelled)).toMatchObject({ dropped: [] });
    const high = runs.map((run, i) => (i === 7 ? { ...run, loss: 3 * run.loss } : run));
    const withU = (share: number) => high.map((run, i) => ({ ...run, inputs: { U: i === 7 ? share * run.D : 1e15 } }));
    expect(divergedRuns(high).dropped).toHaveLength(1);
    expect(divergedRuns(withU(0.5)).dropped).toEqual([]);
  });

  it("a metric is judged as itself", () => {
    const runs = dit("noisy").map((run, i) => (i === 3 ? { ...run, metrics: { fid: 900 } } : run));
    expect(divergedRuns(runs).dropped).toEqual([]);
    expect(divergedRuns(runs, { quantity: "fid" }).dropped).toMatchObject([
      { row: 4, message: expect.stringMatching(/^fid 900\.0 is /) },
    ]);
    expect(divergedRuns(runs, { quantity: "kid" }).runs).toEqual(runs);
  });
});

describe("the best of a cell", () => {
  const run = (N: number, loss: number, more: Partial<Run> = {}): Run => ({ C: 6e12 * N, N, D: 1e12, loss, ...more });

  it("stays, and the others are listed with it", () => {
    const runs = [run(10, 3), run(10, 2.5), run(20, 2.4), run(10, 2.7), run(20, 2.4)];
    const { runs: kept, dropped } = bestPerCell(runs);
    expect(kept).toEqual([runs[1], runs[2]]);
    expect(dropped.map(({ row, reason }) => [row, reason])).toEqual([
      [1, "not-best"],
      [4, "not-best"],
      [5, "not-best"],
    ]);
    expect(dropped[0]!.message).toBe("loss 3; row 2 of the same N and D has 2.5");
  });

  it("cells differ by compute and by further predictors; a metric has its own best", () => {
    const apart = [
      run(10, 3),
      run(10, 2, { C: 1 }),
      run(10, 2.5, { inputs: { U: 5 } }),
      run(10, 2.6, { inputs: { U: 6 } }),
    ];
    expect(bestPerCell(apart).runs).toEqual(apart);
    const metric = [run(10, 3, { metrics: { fid: 9 } }), run(10, 2, { metrics: { fid: 10 } }), run(10, 1)];
    expect(bestPerCell(metric, "fid").runs).toEqual([metric[0], metric[2]]);
  });
});

describe("equal rows", () => {
  it("are kept where they are to be", () => {
    const text = "C,N,loss\n6e12,1e4,2\n6e12,1e4,2\n6e12,2e4,1.9";
    expect(parseRuns(text).runs).toHaveLength(2);
    const kept = parseRuns(text, { duplicates: "keep" });
    expect([kept.runs.length, kept.dropped]).toEqual([3, []]);
  });
});

describe("independence", () => {
  it.each(Object.keys(real).filter((name) => name !== "all configs"))("%s gives no caution", (name) => {
    expect(independence(real[name]!())).toEqual([]);
  });

  it("nor do independent grids, seeds among them", () => {
    let cautioned = 0;
    for (let seed = 0; seed < 200; seed++) {
      const runs = study("grid", seed, [0, 0.002, 0.01, 0.03][seed % 4]!);
      const again = normal(seed, 0.01);
      const seeds = runs.flatMap((run) =>
        [0, 1, 2].map((i) => ({ ...run, loss: run.loss * Math.exp(again()), seed: i })),
      );
      cautioned += independence(runs).length + independence(seeds).length;
      const { seed: _, ...unseeded } = seeds[0]!;
      expect(independence([unseeded, ...seeds.slice(1)]).some(({ kind }) => kind === "one-cell")).toBe(false);
    }
    expect(cautioned).toBeLessThanOrEqual(2);
  });

  it("checkpoints of one curve a size are told", () => {
    let told = 0;
    for (let seed = 0; seed < 40; seed++) {
      const [caution] = independence(curves(seed, 0.006, 0.001));
      if (caution?.kind !== "one-size") continue;
      told++;
      expect(caution.rows).toBe(96);
      expect(caution.message).toMatch(/^96 of 96 rows share N with 5 or more others, .* intervals are too narrow$/);
    }
    expect(told).toBeGreaterThan(30);
    expect(independence(curves(1, 0, 0.002))).toEqual([]);
  });

  it("labels that come again at other tokens name one run; labels of studies and of sizes do not", () => {
    const runs = curves(2, 0, 0.002).filter(({ N }) => N < 3e7);
    const two = [0, 1].flatMap((k) =>
      runs.map((run) => ({ ...run, label: `${run.N}-${k}`, loss: run.loss * (1 + 0.001 * k) })),
    );
    expect(independence(two)).toMatchObject([{ kind: "one-run", rows: two.length }]);
    expect(independence(runs.map((run) => ({ ...run, label: String(run.N) })))).toEqual([]);
    expect(independence(two.map((run) => ({ ...run, label: run.label.slice(-1) })))).toEqual([]);
  });

  it("a sweep in a cell is told with its rows, and is none of its best", () => {
    const rates = [0, 0.004, 0.05];
    const noise = normal(9, 0.001);
    const runs = study("grid", 4, 0.001).flatMap((run) =>
      rates.map((worse) => ({ ...run, loss: run.loss * Math.exp(worse + noise()) })),
    );
    const [caution, ...others] = independence(runs);
    expect(others).toEqual([]);
    expect(caution).toMatchObject({ kind: "one-cell", rows: runs.length });
    expect(caution!.message).toMatch(/losses differ by 5\.\d % \(median\)/);
    expect(independence(bestPerCell(runs).runs)).toEqual([]);
    expect(independence(runs.map((run, i) => ({ ...run, seed: i })))).toEqual([]);
  });

  it("clusters are labels where all runs have one, and sizes with their seeds otherwise", () => {
    const runs = [
      { C: 1, N: 1, D: 1, loss: 1, label: "a", seed: 0 },
      { C: 1, N: 1, D: 2, loss: 1, label: "b", seed: 0 },
      { C: 1, N: 2, D: 2, loss: 1, label: "b", seed: 1 },
      { C: 1, N: 2, D: 1, loss: 1, label: "a" },
    ];
    const same = (names: readonly string[]) => names.map((name) => names.indexOf(name));
    expect(same(clustersOf(runs))).toEqual([0, 1, 1, 0]);
    expect(same(clustersOf(runs, "N"))).toEqual([0, 0, 2, 2]);
    const [first, ...rest] = runs;
    const { label: _, ...bare } = first!;
    expect(same(clustersOf([bare, ...rest]))).toEqual([0, 0, 2, 3]);
    expect(() => clusterOf([bare, ...rest], "label")).toThrow(ScalingError);
  });
});
