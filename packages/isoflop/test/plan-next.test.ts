import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { sources } from "@isoflop/data";
import { type LadderRuleName, ladderRules, parameters } from "@isoflop/flops";
import { expectOk, normals, optimalAllocation, random, type Surface, surfaceFrom, surfaceLoss } from "@isoflop/scaling";
import { computeConvention, placeOf, type RunRecord, type RunSpec, runSpec, sweepGrid } from "@isoflop/sweep";
import { fileRunStore } from "@isoflop/sweep/node";
import { setupFor } from "@isoflop/train";
import { describe, expect, test } from "vitest";
import { recipeOf } from "../src/plan-next/recipe.js";
import { eventWords, roundsWords } from "../src/plan-next/round-words.js";
import { type RoundEvent, type RoundsAsked, runRounds } from "../src/plan-next/rounds.js";
import { StudyFolder } from "../src/study/folder.js";
import { openStudy } from "../src/study/open.js";
import type { Session } from "../src/study/session.js";
import { textOf } from "../src/words/text.js";
import { bin, epoch, file, isoflop, type Json, json, scratch } from "./isoflop.js";
import { tiny } from "./study/tiny.js";

const number = (value: unknown) => value as number;
const truth = surfaceFrom("chinchilla", { E: 1.8, A: 480, B: 2100, alpha: 0.35, beta: 0.37 });

/** A table of runs that took 40 s and C over 3e12 · N^0.25 FLOPs per second. */
const table = (() => {
  const normal = normals(random(5));
  const rows = [1e18, 3e18, 1e19, 3e19].flatMap((C) => {
    const best = expectOk(optimalAllocation(truth, C));
    return [-1.4, -0.7, 0, 0.7, 1.4].map((x) => {
      const [N, D] = [best.N * Math.exp(x), best.D * Math.exp(-x)];
      const loss = surfaceLoss(truth, { N, D }) * Math.exp(0.004 * normal());
      return [C, N, D, loss, 40 + C / (3e12 * N ** 0.25)].join(",");
    });
  });
  return () => file("timed.csv", ["C,N,D,loss,took", ...rows].join("\n"));
})();

const asked = ["--target", "1e22", "--allowance", "3e20"];

describe("a plan from a saved surface", () => {
  const saved = () => file("plan-surface.json", isoflop(["fit", "surface", "-i", table(), "--json"]).stdout);

  test("says where its runs are far below those that were fitted", () => {
    const { stdout } = isoflop(["plan-next", saved(), "--target", "1e22", "--allowance", "1e10"]);
    expect(stdout).toMatch(/caution: the smallest planned run has [\d.e]+ FLOPs, the smallest that was fitted 1e18/);
    const near = isoflop(["plan-next", saved(), "--target", "1e22", "--allowance", "3e20"]).stdout;
    expect(near).not.toContain("caution: the smallest planned run");
  });

  test("of one size alone there is no even grid, and none is said to cost nothing", () => {
    const { stdout } = isoflop(["plan-next", saved(), ...asked, "--sizes", "1e8"]);
    expect(stdout).toContain("no even grid is within the limits");
    expect(stdout).not.toContain("even grid, 0 ");
  });
});

describe("a plan from a table", () => {
  test("is made against the forms, and says how far they disagree now and after", () => {
    const { plan, leftOut } = json(["plan-next", "-i", table(), ...asked, "--forms", "chinchilla,tied"]);
    expect((plan!.basins as unknown as Json[]).map(({ form }) => form).sort()).toEqual(["chinchilla", "tied"]);
    expect(leftOut).toEqual([]);
    const { now, planned } = plan!.spread!;
    expect(number(planned!.within)).toBeLessThan(number(now!.within));
    for (const [when, { within, between }] of Object.entries(plan!.spread!))
      expect(Math.hypot(number(within), number(between))).toBeCloseTo(number(plan!.standardError![when]), 12);
    const { stdout } = isoflop(["plan-next", "-i", table(), ...asked, "--forms", "chinchilla,tied"]);
    expect(stdout).toMatch(/std\. error of ln L\* at C = 1e22 +of now +within forms +between +95 % interval +width/);
    expect(stdout).toMatch(/surfaces that the runs allow +weight +L\* at C = 1e22/);
    expect(stdout).toMatch(/^cost [\d.e]+ of 3e20 FLOPs$/m);
    // The fewest tokens of the runs so far are the fewest of those to come.
    const fewest = Math.min(
      ...readFileSync(table(), "utf8")
        .split("\n")
        .slice(1)
        .map((row) => Number(row.split(",")[2])),
    );
    for (const { D } of plan!.runs as unknown as { D: number }[]) expect(D / fewest).toBeGreaterThan(1 - 1e-9);
  });

  test("leaves out a form that has gone to its bound, and says so", () => {
    // Below a law without a floor by a constant, so that no floor above zero fits.
    const steep = surfaceFrom("no-floor", { A: 20, B: 30, alpha: 0.12, beta: 0.14 });
    const rows = readFileSync(table(), "utf8")
      .split("\n")
      .slice(1)
      .map((row, i) => {
        const [C, N, D] = row.split(",").map(Number) as [number, number, number];
        return [C, N, D, (surfaceLoss(steep, { N, D }) - 1) * (1 + 3e-3 * Math.sin(5 * i))].join(",");
      });
    const runs = ["-i", file("steep.csv", ["C,N,D,loss", ...rows].join("\n"))];
    const { stdout } = isoflop(["plan-next", ...runs, ...asked]);
    expect(stdout).toMatch(/^chinchilla takes no part: E has gone to /m);
  });

  test("charged in seconds has the rule, the seconds of each run and a cost within them", () => {
    const args = [
      "plan-next",
      "-i",
      table(),
      "--target",
      "1e22",
      "--allowance",
      "2e6",
      "--cost",
      "seconds",
      "--seconds",
      "took",
    ];
    const { plan } = json(args);
    expect(plan!.pricing!.unit).toBe("seconds");
    expect(number(plan!.pricing!.times!.exponent)).toBeCloseTo(0.25, 3);
    expect(number(plan!.cost)).toBeLessThanOrEqual(2e6);
    for (const run of plan!.runs as unknown as { cost: number; seconds: number; C: number; N: number }[])
      expect(run.seconds / (40 + run.C / (3e12 * run.N ** 0.25))).toBeCloseTo(1, 3);
    const { stdout } = isoflop(args);
    expect(stdout).toMatch(
      /^seconds = 40\.0 \+ C \/ \(3\.\d\de12 · N\^0\.2\d\d?\), r² 1\.00 of ln seconds, by 20 runs$/m,
    );
    expect(stdout).toMatch(/^cost [\d.e]+ of 2e6 seconds$/m);
    expect(stdout).toContain("seconds each");
    const missing = isoflop(args.slice(0, -2));
    expect([missing.code, missing.stderr]).toEqual([3, expect.stringContaining('there is no column "seconds"')]);
  });

  test("keeps its limits, and names the one that leaves no run", () => {
    const limits = [
      "--sizes",
      "1e8,2e8,4e8,8e8",
      "--max-tokens",
      "3e10",
      "--batch-tokens",
      "1e6",
      "--max-steps",
      "25000",
    ];
    const more = [
      "--min-size",
      "1.5e8",
      "--memory",
      "1e10",
      "--bytes-per-parameter",
      "16",
      "--seeds",
      "2",
      "--max-runs",
      "10",
    ];
    const { plan } = json(["plan-next", "-i", table(), ...asked, ...limits, ...more]);
    const runs = plan!.runs as unknown as { N: number; D: number; steps: number; count: number }[];
    expect(runs.length).toBeGreaterThan(0);
    for (const { N, D, steps, count } of runs) {
      expect([2e8, 4e8]).toContain(N);
      expect(D).toBe(steps * 1e6);
      expect(steps).toBeLessThanOrEqual(25_000);
      expect(count).toBe(2);
    }
    expect(isoflop(["plan-next", "-i", table(), ...asked, ...limits]).stdout).toMatch(/D, tokens +steps +times/);
    const none = isoflop(["plan-next", "-i", table(), ...asked, "--max-size", "1000"]);
    expect([none.code, none.stderr]).toEqual([
      4,
      expect.stringMatching(
        /no run is within the limits: without "sizes from 1 to 1000 parameters" there would be \d+$/m,
      ),
    ]);
  });

  test.each([
    [["--memory", "1e9"], "--memory and --bytes-per-parameter are given together or not at all"],
    [["--min-size", "9", "--max-size", "3"], "--min-size 9 is above --max-size 3"],
    [["--seeds", "3,1"], "Expected one whole number, or two, the smaller first"],
    [["--forms", "chinchila"], '"chinchila" is no form; there are chinchilla'],
    [["--max-steps", "5"], "mostSteps is 5; expected batchTokens beside it"],
    [["--until", "5%"], "--until is for --run"],
    [["--dry-run"], "--dry-run is for --run"],
    [["--run"], "--run needs a folder of runs"],
    [["--run", "--until", "2000%"], "Expected a relative width"],
  ])("%j: status 2", (args, message) => {
    const { code, stderr } = isoflop(["plan-next", "-i", table(), ...asked, ...args]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  test("a saved fit is of one form and knows no times: status 2", () => {
    const fit = file("one.json", isoflop(["fit", "surface", ...epoch, "--json"]).stdout);
    for (const [args, message] of [
      [["--forms", "kaplan"], "--forms is for a table or folder of runs"],
      [["--cost", "seconds"], "a saved fit does not say how long runs took"],
    ] as const) {
      const { code, stderr } = isoflop(["plan-next", fit, ...asked, ...args]);
      expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    }
  });
});

const setup = setupFor(await sources.build("shapes"), { patch: 2 });

const specsOf = (
  ladder: LadderRuleName,
  widths: readonly number[],
  budgets: readonly number[],
  learningRate: (width: number) => number = () => 0.01,
): RunSpec[] =>
  sweepGrid({
    budgets,
    models: widths.map((width) => ({ name: `${width}`, config: { ...setup, ...ladderRules[ladder](width) } })),
    base: {
      data: { source: "shapes" },
      content: { data: "0".repeat(32) },
      validation: { images: 64 },
      captionDropout: 0.1,
    },
    batch: 16,
    learningRate: ({ width }) => learningRate(width),
  }).map(({ spec }) => spec);

const named = (specs: readonly RunSpec[]) => specs.map((spec, i) => ({ id: `run${i}`, spec }));

describe("a recipe", () => {
  const rate = (width: number) => 0.02 * (32 / width) ** 0.4;

  test("gives back the spec of a run that there is, seed and budget aside", () => {
    for (const ladder of ["shallow", "halfRoot"] as const) {
      const specs = specsOf(ladder, [16, 64, 160], [1e11, 3e11], rate);
      const recipe = recipeOf(named(specs));
      expect(recipe.ladder).toBe(ladder);
      expect(recipe.stepTokens).toBe(16 * 64);
      for (const spec of specs) {
        const { nonEmbedding: N } = parameters(spec.model);
        const again = recipe.specOf({ N, steps: spec.steps, seed: spec.seed });
        const { learningRate } = again.optimizer;
        expect(learningRate).toBeCloseTo(spec.optimizer.learningRate, 12);
        const optimizer = { ...spec.optimizer, learningRate };
        expect(again).toEqual({ ...spec, optimizer, budget: placeOf(spec).flops });
        expect(recipe.flopsPerToken(N) * placeOf(spec).tokens).toBeCloseTo(placeOf(spec).flops, -3);
      }
    }
  });

  test("goes on along the ladder and the rule of the learning rate", () => {
    const recipe = recipeOf(named(specsOf("shallow", [16, 64], [1e10], rate)));
    const size = recipe.sizes.find(({ config }) => config.width === 136)!;
    expect(size.config).toMatchObject(ladderRules.shallow(136));
    const spec = recipe.specOf({ N: size.N, steps: 7, seed: 3 });
    expect(spec.optimizer.learningRate).toBeCloseTo(rate(136), 12);
    expect(spec).toMatchObject({ steps: 7, seed: 3, captionDropout: 0.1, data: { source: "shapes" } });
    expect(spec.budget).toBe(placeOf(spec).flops);
    const sizes = recipe.sizes.map(({ N }) => N);
    expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
    const perToken = sizes.map((N) => recipe.flopsPerToken(N));
    expect(perToken).toEqual([...perToken].sort((a, b) => a - b));
  });

  test("goes on along a rate that follows the tokens too, and gives back those that there are", () => {
    const specs = specsOf("shallow", [16, 32, 64], [1e10, 3e10, 1e11], rate).map((spec) => {
      const { tokens } = placeOf(spec);
      const learningRate = rate(spec.model.width) * (tokens / 5e5) ** -0.13;
      return { ...spec, optimizer: { ...spec.optimizer, learningRate } };
    });
    const recipe = recipeOf(named(specs));
    for (const spec of specs) {
      const { nonEmbedding: N } = parameters(spec.model);
      const again = recipe.specOf({ N, steps: spec.steps, seed: 0 });
      expect(again.optimizer.learningRate).toBeCloseTo(spec.optimizer.learningRate, 12);
    }
    const size = recipe.sizes.find(({ config }) => config.width === 136)!;
    const tokens = 1000 * recipe.stepTokens;
    const { optimizer } = recipe.specOf({ N: size.N, steps: 1000, seed: 0 });
    expect(optimizer.learningRate).toBeCloseTo(rate(136) * (tokens / 5e5) ** -0.13, 12);
  });

  test("is not made up: what differs is named", () => {
    const specs = specsOf("shallow", [16, 64], [1e10, 2e10], rate);
    const but = (change: (spec: RunSpec) => RunSpec) => () =>
      recipeOf(named([...specs.slice(0, -1), change(specs.at(-1)!)]));
    expect(but((spec) => ({ ...spec, batch: 32 }))).toThrow(
      /not trained alike: spec\.batch is 16 in run run0 and 32 in run run3/,
    );
    expect(but((spec) => ({ ...spec, optimizer: { ...spec.optimizer, weightDecay: 0.5 } }))).toThrow(
      /spec\.optimizer\.weightDecay/,
    );
    expect(but((spec) => ({ ...spec, optimizer: { ...spec.optimizer, learningRate: 0.5 } }))).toThrow(
      /runs of width \d\d have learning rates \S+ and \S+ \(run run\d\), which no power of their tokens joins/,
    );
    expect(but((spec) => ({ ...spec, model: { ...spec.model, depth: 3 } }))).toThrow(/follow none of the ladders/);
    expect(() => recipeOf(named(specs), "halfRoot")).toThrow(
      /run run\d of width \d+, .* is not on the ladder "halfRoot"/,
    );
    const bent = specsOf("shallow", [16, 32, 64], [1e10], (width) => (width === 32 ? 0.5 : 0.01));
    expect(() => recipeOf(named(bent))).toThrow(/the learning rate is no power of the width: 0\.5 at width 32/);
    // Seeds and the data's own may differ.
    expect(but((spec) => ({ ...spec, seed: 9, data: { ...spec.data, seed: 9 } }))).not.toThrow();
  });
});

/** The surface that the toy runs obey: falls over the few decades that tiny specs have. */
const toy = surfaceFrom("no-floor", { A: 3, B: 10, alpha: 0.2, beta: 0.25 });

/** Does runs in no time: their losses are those of a surface, with the noise of their seed. */
const simulated =
  (path: string, of: Surface, { stopAfter = Number.POSITIVE_INFINITY, failing = -1 } = {}) =>
  async (): Promise<Session> => {
    const store = fileRunStore(path);
    let done = 0;
    return {
      device: undefined as never,
      close: () => {},
      async train(specs) {
        const records: RunRecord[] = [];
        for (const spec of specs) {
          if (done++ >= stopAfter) throw new Error("interrupted");
          const run = await store.open(spec);
          if (run.record.state === "unfinished") {
            const place = placeOf(spec);
            const normal = normals(random(spec.seed, spec.steps * 1000 + spec.model.width));
            normal();
            const loss = surfaceLoss(of, { N: place.paramsNonEmbedding, D: place.tokens }) * Math.exp(0.01 * normal());
            if (done - 1 === failing) await run.fail({ code: "diverged", message: "the loss is NaN" });
            else
              await run.finish({
                ...{
                  ...place,
                  convention: computeConvention.name,
                  loss,
                  lossStdErr: 0.001,
                  seconds: 0.1 + place.flops / 1e10,
                },
                ...{ device: "none", data: { name: "shapes", package: null, pixelsSha256: null, content: "none" } },
              });
          }
          await run.close();
          records.push((await store.read(run.record.id))!);
        }
        return records;
      },
    };
  };

/** A folder of twelve simulated runs. */
const folderOf = async (name: string): Promise<StudyFolder> => {
  const path = scratch(name);
  mkdirSync(path);
  await (await simulated(path, toy)()).train(specsOf("shallow", [16, 32, 64, 96], [1e10, 3e10, 1e11]));
  return new StudyFolder(path, {}, path);
};

const choices: RoundsAsked = {
  ...{
    allowance: 3e12,
    target: 1e13,
    optimum: "loss",
    posterior: "delta",
    rounds: 3,
    maxRuns: 12,
    forms: ["no-floor", "kaplan"],
  },
};

const spentIn = (folder: StudyFolder) =>
  JSON.parse(readFileSync(folder.files.nextRuns, "utf8")).rounds as readonly Json[];

describe("rounds", () => {
  test("plan, train and plan again within the allowance, and the target becomes more certain", async () => {
    const folder = await folderOf("rounds");
    const events: RoundEvent[] = [];
    const open = simulated(folder.path, toy);
    const result = await runRounds({ folder, asked: choices, open, onRound: (event) => events.push(event) });
    expect(events.map(({ kind, number }) => [kind, number])).toEqual([
      ...[
        ["planned", 1],
        ["trained", 1],
        ["planned", 2],
        ["trained", 2],
        ["planned", 3],
        ["trained", 3],
      ],
    ]);
    expect(result.stopped.reason).toBe("rounds");
    expect(result.spent).toBeLessThanOrEqual(3e12);
    expect(result.spent).toBeGreaterThan(1.5e12);
    const [first] = result.rounds.rounds;
    expect(result.now.width).toBeLessThan(0.7 * first!.before.width);
    // About what was promised before a run was trained.
    expect(result.now.width / first!.promised.width).toBeGreaterThan(0.4);
    expect(result.now.width / first!.promised.width).toBeLessThan(2.5);
    const exact = expectOk(optimalAllocation({ ...toy, flopsPerToken: result.surface.flopsPerToken }, 1e13)).loss;
    expect(Math.abs(Math.log(result.now.basins[0]!.value / exact))).toBeLessThan(3 * result.now.spread.within);
    // Ordinary runs of the folder, each with a seed that its width had not.
    const records = await folder.store.list();
    const planned = result.rounds.rounds.flatMap(({ runs }) => runs);
    expect(records).toHaveLength(12 + planned.length);
    const seeds = records.map(({ spec }) => `${spec.model.width} ${spec.seed}`);
    for (const { spec } of planned)
      expect(seeds.filter((one) => one === `${spec.model.width} ${spec.seed}`)).toHaveLength(1);
    expect(new Set(planned.map(({ id }) => id)).size).toBe(planned.length);
    for (const { spec, cost } of planned) {
      expect(cost).toBeCloseTo(placeOf(spec).flops, -2);
      expect(runSpec(spec)).toEqual(spec);
    }
    // Later rounds are dearer: the dear runs are decided last.
    const dearest = result.rounds.rounds.map(({ runs }) => Math.max(...runs.map(({ cost }) => cost)));
    expect(dearest[2]).toBeGreaterThan(dearest[0]!);

    const words = textOf(roundsWords(result));
    expect(words).toMatch(/round +runs +cost, FLOPs +L\* at C = 1e13 before, 95 % +width +forms disagree by/);
    expect(words).toMatch(/3 rounds are done; [\d.e]+ FLOPs spent$/m);
    expect(eventWords(events[0]!, result.rounds.target, "FLOPs")).toMatch(
      /^round 1 of 3: \d+ runs?, [\d.e]+ FLOPs; L\* at C = 1e13 \[.*\], [\d.]+ % wide; forms disagree by ±[\d.]+ %; with all that is planned [\d.]+ %$/,
    );
    expect(eventWords(events[1]!, result.rounds.target, "FLOPs")).toMatch(/^round 1: done for [\d.e]+ FLOPs; now \[/);

    // Called again nothing is trained; with a round more it goes on from there.
    const again = await runRounds({ folder, asked: choices, open });
    expect(again.rounds).toEqual(result.rounds);
    const more = await runRounds({ folder, asked: { ...choices, rounds: 4, allowance: 6e12 }, open });
    expect(more.rounds.rounds.slice(0, 3)).toEqual(result.rounds.rounds);
    expect(more.rounds.rounds).toHaveLength(4);
    expect(more.spent).toBeLessThanOrEqual(6e12);
  });

  test("interrupted, they go on with the runs that were planned, and what is done stays", async () => {
    const folder = await folderOf("interrupted");
    const whole = await folderOf("whole-rounds");
    const cut = simulated(folder.path, toy, { stopAfter: 2 });
    await expect(runRounds({ folder, asked: choices, open: cut })).rejects.toThrow("interrupted");
    expect(await folder.store.list()).toHaveLength(14);
    const [begun] = spentIn(folder);
    expect(begun!.spent).toBeUndefined();
    const dry = await runRounds({ folder, asked: choices });
    expect(dry.stopped.reason).toBe("dry-run");
    expect(dry.next.map(({ id }) => id)).toEqual((begun!.runs as unknown as Json[]).slice(2).map(({ id }) => id));

    const events: RoundEvent[] = [];
    const open = simulated(folder.path, toy);
    const resumed = await runRounds({ folder, asked: choices, open, onRound: (event) => events.push(event) });
    expect(events[0]).toMatchObject({ kind: "resumed", number: 1 });
    const straight = await runRounds({ folder: whole, asked: choices, open: simulated(whole.path, toy) });
    expect(resumed.rounds).toEqual(straight.rounds);
    expect(resumed.now).toEqual(straight.now);
  });

  test("end when the interval is narrow enough, when nothing is left, or in a dry run", async () => {
    const folder = await folderOf("ends");
    const dry = await runRounds({ folder, asked: choices });
    expect(dry.stopped.reason).toBe("dry-run");
    expect(dry.next.length).toBeGreaterThan(0);
    expect(dry.plan!.pricing.times!.runs).toBe(12);
    expect(existsSync(folder.files.nextRuns)).toBe(false);
    expect(await folder.store.list()).toHaveLength(12);
    const enough = await runRounds({ folder, asked: { ...choices, until: 10 * dry.now.width } });
    expect([enough.stopped.reason, enough.next]).toEqual(["certain", []]);
    const open = simulated(folder.path, toy);
    const until = 0.8 * dry.now.width;
    const certain = await runRounds({ folder, asked: { ...choices, until, rounds: 20 }, open });
    expect(certain.stopped.reason).toBe("certain");
    expect(certain.now.width).toBeLessThanOrEqual(until);
    expect(certain.spent).toBeLessThan(3e12);
    const spent = await runRounds({ folder, asked: { ...choices, allowance: certain.spent * 0.9, rounds: 50 }, open });
    expect(spent.stopped).toMatchObject({ reason: "allowance", message: expect.stringContaining("are spent") });
    // Another target begins anew.
    const other = await runRounds({ folder, asked: { ...choices, target: 3e13, rounds: 1 }, open });
    expect(other.rounds).toMatchObject({
      target: { C: 3e13 },
      rounds: [{ from: 12 + certain.rounds.rounds.flatMap(({ runs }) => runs).length }],
    });
  });

  test("may be charged in seconds, as they were measured; a run that diverges costs what was planned for it", async () => {
    const folder = await folderOf("seconds");
    const events: RoundEvent[] = [];
    const result = await runRounds({
      ...{ folder, asked: { ...choices, cost: "seconds", allowance: 300, rounds: 1 } },
      ...{ open: simulated(folder.path, toy, { failing: 0 }), onRound: (event: RoundEvent) => events.push(event) },
    });
    const [round] = result.rounds.rounds;
    const records = await folder.store.list();
    const seconds = round!.runs.map(({ id, cost }, i) => {
      const record = records.find((one) => one.id === id)!;
      expect(record.state).toBe(i === 0 ? "failed" : "done");
      return record.state === "done" ? record.result.seconds : cost;
    });
    expect(round!.spent).toBeCloseTo(
      seconds.reduce((s, v) => s + v, 0),
      9,
    );
    expect(round!.spent).toBeLessThan(330);
    expect(events.at(-1)).toMatchObject({ kind: "trained", failed: 1 });
    expect(eventWords(events.at(-1)!, result.rounds.target, "seconds")).toContain(", 1 run diverged; now");
  });

  test("refuse a file that is none of theirs", async () => {
    const folder = await folderOf("foreign");
    writeFileSync(folder.files.nextRuns, '{"record": "next-runs", "target": {"C": -1}}');
    await expect(runRounds({ folder, asked: choices })).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/next-runs\.json is not what plan-next wrote: target\.C is -1.*; move it away/),
    });
    const args = ["--target", "1e13", "--allowance", "1e12", "--run"];
    writeFileSync(folder.files.nextRuns, "a shopping list");
    const { code, stderr } = isoflop(["plan-next", folder.path, ...args]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("is a file that isoflop did not write")]);
  });
});

describe("plan-next --run", () => {
  const toy = tiny({
    seed: 0,
    grid: { budgets: [1e9, 3e9], widths: [8, 16, 32, 48] },
    heldOut: { budgets: 1e10, widths: [8] },
  });
  const args = (out: string) => [
    ...["plan-next", "--input", scratch(out), "--run", "--target", "2e10", "--allowance", "1.2e10", "--max-runs", "6"],
    ...["--forms", "no-floor", "--rounds", "2"],
  ];

  test("trains in the folder of a study what it plans, stopped or not, and writes what it learned", async () => {
    const study = await openStudy({ study: toy, root: scratch("studies"), out: scratch("toy") });
    await study.trainGrid();
    study.close();
    const dry = json([...args("toy"), "--dry-run"]);
    expect(dry.stopped!.reason).toBe("dry-run");
    expect(existsSync(join(scratch("toy"), "next-runs.json"))).toBe(false);
    const first = (dry.next as unknown as { id: string; spec: RunSpec }[]).map(({ id }) => id);

    const child = spawn(process.execPath, [bin, ...args("toy"), "--json"], { stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    child.stderr.on("data", (chunk) => {
      said += chunk;
    });
    while (!existsSync(join(scratch("toy"), "runs", first[0]!)) && child.exitCode === null) await sleep(5);
    child.kill("SIGINT");
    const [code] = child.exitCode === null ? await once(child, "exit") : [child.exitCode];
    if (code !== 0) expect([code, said]).toEqual([130, expect.stringContaining("run the same command again to go on")]);
    expect(said).toMatch(/^round 1 of 2: \d runs?, /m);

    const report = scratch("next.html");
    const document = json([...args("toy"), "--report", report]);
    expect(document.stopped!.reason).toMatch(/rounds|allowance/);
    const rounds = document.rounds!.rounds as unknown as { runs: { id: string; spec: RunSpec }[]; spent: number }[];
    expect(rounds[0]!.runs.map(({ id }) => id)).toEqual(first);
    const stored = readdirSync(join(scratch("toy"), "runs"));
    for (const { id, spec } of rounds.flatMap(({ runs }) => runs)) {
      expect(stored).toContain(id);
      const record = JSON.parse(readFileSync(join(scratch("toy"), "runs", id, "run.json"), "utf8")) as Json;
      expect(record.state).toBe("done");
      expect(record.result!.flops).toBe(spec.budget);
    }
    expect(number(document.spent)).toBeLessThanOrEqual(1.2e10);
    expect(number(document.now!.width)).toBeGreaterThan(0);
    expect(readFileSync(report, "utf8")).toMatch(/<svg[\s\S]*class="planned"/);

    // They are runs like any others.
    const { stdout } = isoflop(["fit", "surface", "--input", scratch("toy"), "--form", "no-floor", "--json"]);
    expect((JSON.parse(stdout) as Json).points!.used).toBe(8 + rounds.flatMap(({ runs }) => runs).length);
    const plain = isoflop(args("toy"));
    expect([plain.code, plain.stderr]).toEqual([0, ""]);
    expect(plain.stdout).toContain("Rounds\n");

    // A plan of the folder knows its ladder, its steps and how long runs take.
    const { plan } = json([
      "plan-next",
      scratch("toy"),
      "--target",
      "2e10",
      "--allowance",
      "1e10",
      "--forms",
      "no-floor",
    ]);
    for (const run of plan!.runs as unknown as { D: number; steps: number; seconds: number }[]) {
      expect(run.D).toBe(run.steps * 1024);
      expect(run.seconds).toBeGreaterThan(0);
    }
  });
});
