import { shapeScenes } from "@isoflop/data";
import { parameters } from "@isoflop/flops";
import { learningRateOf, type RateRule } from "@isoflop/sweep";
import { describe, expect, it } from "vitest";
import { readPrices } from "../../src/plan/devices.js";
import { measureSpeed } from "../../src/plan/speed.js";
import { studyPlan } from "../../src/plan/study.js";
import { budgetsOf } from "../../src/study/file/sizes.js";
import {
  type HeldOutBudget,
  planStudy,
  readAssignment,
  resolveStudy,
  type StudyFileInput,
  shippedStudies,
  writtenStudy,
} from "../../src/study/index.js";
import { heldOutRuns } from "../../src/study/plan.js";
import { tiny } from "./tiny.js";

const openShapes = async (data: object) => shapeScenes({ size: 16, ...data });

it("counts the memory of what a run's own optimizer and snapshots keep", async () => {
  const bytesOf = async (...more: string[]) => {
    const study = await resolveStudy(await writtenStudy("quick"), ["data.source=shapes", ...more].map(readAssignment));
    const plan = await studyPlan(study, {
      ...{ mfu: 0.4, measure: false, signal: new AbortController().signal, onData: () => {} },
    });
    return plan.runs[0]!;
  };
  const usual = await bytesOf();
  const vector = 4 * usual.paramsTrainable;
  const more = async (set: string) => ((await bytesOf(set)).memoryBytes - usual.memoryBytes) / vector;
  expect(await more("optimizer.kind=sgd")).toBeCloseTo(-2, 9);
  expect(await more("optimizer.amsgrad=true")).toBeCloseTo(1, 9);
  // Averages hold the frozen positions too.
  expect(await more("snapshots={ widths: [0.05, 0.1], count: 8 }")).toBeGreaterThanOrEqual(2);
});

it("says what each budget asks for, what fits on a device and what it costs, at the table's prices or others", async () => {
  const study = await resolveStudy(await writtenStudy("paper"));
  const how = { mfu: 0.5, measure: false, signal: new AbortController().signal, onData: () => {} };
  const plan = await studyPlan(study, how);
  expect(plan.budgets.map(({ budget, runs }) => [budget, runs])).toEqual([
    [1e17, 9],
    ...[3e17, 6e17, 1e18, 3e18, 6e18].map((budget) => [budget, 10]),
  ]);
  const fitted = plan.budgets.reduce((sum, { flops }) => sum + flops, 0);
  expect(fitted / plan.totalFlops.fitted).toBeCloseTo(1, 12);
  const of = (name: string, of = plan) => of.deviceHours.find(({ device }) => device.includes(name))!;
  const h100 = of("H100");
  expect(h100.hours).toBeCloseTo(plan.totalFlops.all / (0.5 * 989.4e12) / 3600, 6);
  expect(h100.dollars!.low / h100.hours).toBeCloseTo(2.5, 9);
  expect(h100.price).toMatch(/^\$2\.5 to 5 an hour, .*2026-05$/);
  const { state, activationsPerImage } = plan.largest;
  expect(h100.images).toBe(Math.floor((0.9 * 80e9 - state) / activationsPerImage));
  // 16 GB do not hold weights, moments and average of a thousand million parameters.
  expect(of("T4").images).toBe(0);
  const other = await studyPlan(study, { ...how, prices: readPrices("L40S=0.8-1.2", readPrices("H100-SXM=2")) });
  expect(of("H100", other).dollars).toEqual({ low: 2 * h100.hours, high: 2 * h100.hours });
  expect(of("L40S", other).price).toBe("$0.8 to 1.2 an hour, as given");
});

it.each([
  ["H100=2", '"H100" is none of A100-80GB-SXM, H100-SXM'],
  ["H100-SXM", '"H100-SXM" is not device=dollars'],
  ["H100-SXM=-1", "is not device=dollars"],
  ["H100-SXM=3-2", "the lower price comes first"],
])("refuses the price %s", (text, message) => {
  expect(() => readPrices(text)).toThrow(message);
});

it("gives models of a learned variance twice the channels", async () => {
  const set = ["data.source=shapes", "objective={ preset: ddpm, variance: learnedRange }"].map(readAssignment);
  const { grid } = await planStudy(await resolveStudy(await writtenStudy("quick"), set), openShapes);
  expect(new Set(grid.map(({ spec }) => spec.model.outChannels))).toEqual(new Set([6]));
});

it("weighs loads of experts where a model has some: of studies that are compared others may have none", async () => {
  const balanceOf = async (...more: string[]) => {
    const set = ["data.source=shapes", "balance=0.01", ...more].map(readAssignment);
    const { grid } = await planStudy(await resolveStudy(await writtenStudy("quick"), set), openShapes);
    return [...new Set(grid.map(({ spec }) => spec.balance))];
  };
  expect(await balanceOf()).toEqual([undefined]);
  expect(await balanceOf("model.experts={ count: 2, active: 1 }")).toEqual([0.01]);
});

it("measures the speed of runs that keep snapshots, with experts under muP", async () => {
  const set = [
    ...["data.source=shapes", "model={ conditioning: adaLNZero, experts: { count: 4, active: 2 } }"],
    ...["model.parameterization={ kind: muP, baseWidth: 16 }", "snapshots={ widths: [0.05, 0.1], count: 8 }"],
  ];
  const study = await resolveStudy(await writtenStudy("quick"), set.map(readAssignment));
  const { grid, source } = await planStudy(study, openShapes);
  const speed = await measureSpeed([grid[0]!.spec], source, { device: "wasm" });
  expect(speed.points[0]!.flopsPerSecond).toBeGreaterThan(1e6);
});

describe.each(shippedStudies.filter((name) => name !== "paper"))("the study %s", (name) => {
  const set = ["data.source=shapes", "seed=3"].map(readAssignment);
  const planned = writtenStudy(name).then(async (written) => planStudy(await resolveStudy(written, set), openShapes));

  it("has at least five budgets of four sizes, none of two, and a held-out budget at least three times the largest", async () => {
    const { grid, heldOut } = await planned;
    const budgets = [...new Set(grid.map(({ budget }) => budget))];
    const sizes = budgets.map((budget) => {
      return new Set(grid.filter(({ spec }) => spec.budget === budget).map((run) => run.paramsNonEmbedding)).size;
    });
    expect(sizes.filter((count) => count >= 4).length).toBeGreaterThanOrEqual(5);
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(3);
    expect(heldOut[0]!.budget).toBeGreaterThanOrEqual(3 * Math.max(...budgets));
  });

  it("spends each budget to within one step, and holds everything but size and learning rate equal", async () => {
    const { grid, file } = await planned;
    for (const { flops, tokens, batch, roundingError, spec } of grid) {
      expect(Math.abs(roundingError)).toBeLessThanOrEqual(0.5 / spec.steps + 1e-12);
      expect(flops / spec.budget - 1).toBeCloseTo(roundingError, 12);
      expect(spec.steps).toBeGreaterThan(100);
      const { width } = spec.model;
      const rule = file.optimizer.learningRate as RateRule;
      expect(spec.optimizer.learningRate).toBe(learningRateOf(rule, { width, tokens, batch }));
    }
    const common = grid.map(({ spec: { model, steps, budget, optimizer, seed, data, content, ...rest } }) =>
      JSON.stringify([
        { ...rest, modules: content.modules, data: { ...data, seed: 0 } },
        { ...optimizer, learningRate: 0 },
        { ...model, width: 0, depth: 0, heads: 0 },
      ]),
    );
    expect(new Set(common).size).toBe(1);
  });

  it("finds the held-out models about a size, in ratio", async () => {
    const { file, heldOut } = await planned;
    const [{ candidates, runs, budget, count }] = heldOut as [HeldOutBudget];
    const { ratio } = file.heldOut as { readonly ratio: number };
    const sizes = candidates.map(({ config }) => parameters(config).nonEmbedding);
    for (const n of [sizes[3]!, sizes[5]! * 1.001]) {
      const found = runs(n);
      expect(found).toHaveLength(count);
      const off = found.map(({ spec, paramsNonEmbedding }, i) => {
        expect(spec.budget).toBe(budget);
        const wanted = Math.log(n) + Math.log(ratio) * (i - (count - 1) / 2);
        const distances = sizes.map((size) => Math.abs(Math.log(size) - wanted));
        return Math.abs(Math.log(paramsNonEmbedding) - wanted) - Math.min(...distances);
      });
      for (const more of off) expect(more).toBeCloseTo(0, 12);
    }
  });

  it("trains every run from a seed of its own, on the order of that seed", async () => {
    const { grid } = await planned;
    expect(new Set(grid.map(({ spec }) => spec.seed)).size).toBe(grid.length);
    expect(new Set(grid.map(({ spec }) => spec.content.data)).size).toBe(grid.length);
    for (const { spec } of grid) expect(spec.data).toMatchObject({ seed: spec.seed });
  });
});

it("trains a size once that is the nearest to several", async () => {
  const heldOut = { budgets: 1e10, widths: [16, 64], count: 3, ratio: 1.1 };
  const { heldOut: planned } = await planStudy(tiny({ heldOut }), openShapes);
  expect(planned[0]!.runs(4000).map(({ config }) => config.width)).toEqual([16]);
  expect(planned[0]!.runs(1e6).map(({ config }) => config.width)).toEqual([64]);
  expect(heldOutRuns({ heldOut: planned })).toBe(3);
});

describe("a grid", () => {
  const idsOf = async (more: Parameters<typeof tiny>[0]) =>
    (await planStudy(tiny(more), openShapes)).grid.map(({ id }) => id);

  it("has a run for each budget, size and replicate, each with an order of its own", async () => {
    const { grid } = await planStudy(tiny({ grid: { budgets: [1e9, 2e9], widths: [8, 16], seeds: 3 } }), openShapes);
    expect(grid).toHaveLength(12);
    expect(new Set(grid.map(({ id }) => id)).size).toBe(12);
    expect(new Set(grid.map(({ spec }) => spec.content.data)).size).toBe(12);
    for (const { spec } of grid) expect(spec.data).toMatchObject({ seed: spec.seed });
  });

  it("of data that know one order has that in every run", async () => {
    const { withSeed: _, ...ordered } = shapeScenes({ size: 16, seed: 0 });
    const { grid } = await planStudy(tiny({ grid: { budgets: 1e9, widths: [8, 16], seeds: 2 } }), async () => ordered);
    expect(new Set(grid.map(({ spec }) => spec.seed)).size).toBe(4);
    expect(new Set(grid.map(({ spec }) => spec.content.data)).size).toBe(1);
    expect(new Set(grid.map(({ spec }) => JSON.stringify(spec.data))).size).toBe(1);
  });

  it("in several parts is what they are together, a run that two have once", async () => {
    const [small, large] = [
      { budgets: 1e9, widths: [8, 16] },
      { budgets: [1e9, 2e9], widths: { from: 16, to: 32, step: 8 } },
    ] as const;
    const both = await idsOf({ grid: [small, large] });
    expect(new Set(both)).toEqual(new Set([...(await idsOf({ grid: small })), ...(await idsOf({ grid: large }))]));
    expect(both).toHaveLength(2 + 6 - 1);
  });

  it("of explicit sizes takes depth and heads from the ladder where they are left out", async () => {
    const models = [{ width: 16 }, { width: 16, depth: 2 }, { width: 16, depth: 3, heads: 1 }];
    const { grid } = await planStudy(tiny({ grid: { budgets: 1e9, models } }), openShapes);
    const sizes = grid.map(({ config: { width, depth, heads } }) => [width, depth, heads]);
    expect(sizes).toEqual([
      [16, 1, 2],
      [16, 2, 2],
      [16, 3, 1],
    ]);
  });

  it("follows a batch that grows with the budget, the same for every size", async () => {
    const batch = { at: 8, budget: [1e9, 0.5] } as const;
    const { grid } = await planStudy(tiny({ batch, grid: { budgets: [1e9, 4e9], widths: [8, 16] } }), openShapes);
    expect(grid.map((run) => [run.budget, run.batch])).toEqual([
      [1e9, 8],
      [1e9, 8],
      [4e9, 16],
      [4e9, 16],
    ]);
  });
});

describe("what of a caption its models read", () => {
  const contextsOf = async (model: NonNullable<StudyFileInput["model"]>) =>
    (await planStudy(tiny({ model }), openShapes)).grid.map(({ config }) => config.context);

  it("is what the data have, unless the file says it by name or as a record", async () => {
    const words = { kind: "words", tokens: 6, vocabulary: 26 };
    expect(new Set((await contextsOf({})).map((context) => JSON.stringify(context)))).toEqual(
      new Set([JSON.stringify(words)]),
    );
    expect((await contextsOf({ context: "words" }))[0]).toEqual(words);
    expect((await contextsOf({ context: "none" }))[0]).toEqual({ kind: "none" });
    const masked = { ...words, kind: "words", masked: true } as const;
    expect((await contextsOf({ context: masked }))[0]).toEqual(masked);
  });

  it("must be had", async () => {
    await expect(contextsOf({ context: "features" })).rejects.toThrow(
      /has captions of words; options.context is "features" and can be "words", "classes" or "none"/,
    );
    await expect(contextsOf({ context: { kind: "words", tokens: 5, vocabulary: 26 } as never })).rejects.toThrow(
      /captions of 6 from 26 words; model.context has 5 of 26/,
    );
    await expect(contextsOf({ context: "pictures" as never })).rejects.toThrow(/context is "pictures"/);
  });
});

it.each([
  [
    { budgets: [1e9, 2e9, 4e9], widths: [8, 16, 24] },
    /no law .* 0 budgets of 3 have 4 sizes or more, and it takes 3; add widths or budgets/,
  ],
  [
    [
      { budgets: 1e9, widths: [8, 16, 24, 32] },
      { budgets: 2e9, widths: [8] },
    ],
    /1 budget of 2 has 4 sizes or more/,
  ],
])("a grid of which no law can come is told before it is trained: %#", async (grid, message) => {
  const { notes } = await planStudy(tiny({ grid, heldOut: null }), openShapes);
  expect(notes).toEqual([expect.stringMatching(message)]);
  expect((await planStudy(tiny(), openShapes)).notes).toEqual([]);
});

it("budgets of a range are at a constant ratio, its ends as they are written", () => {
  expect(budgetsOf({ budgets: { from: 1e9, to: 1.6e10, count: 5 } })).toEqual([1e9, 2e9, 4e9, 8e9, 1.6e10]);
  expect(budgetsOf({ budgets: 7 })).toEqual([7]);
});

it("the hash is of what decides the study: not of its name, place or device", async () => {
  const hashOf = async (more: Parameters<typeof tiny>[0] = {}) => (await planStudy(tiny(more), openShapes)).hash;
  const hash = await hashOf();
  expect(hash).toMatch(/^[0-9a-f]{8}$/);
  expect(await hashOf({ name: "other", summary: "in other words", parallel: 1, device: "webgpu" })).toBe(hash);
  expect(await hashOf({ batch: 8 })).not.toBe(hash);
  expect((await planStudy(tiny(), async () => shapeScenes({ size: 32 }))).hash).not.toBe(hash);
});

it.each([
  [{ grid: { budgets: 1e5, widths: [8] } }, /^tiny\.yaml: budget 1e\+5 is too small for one step of 8x1/],
  [{ grid: { budgets: 1e9, widths: [12] } }, /^tiny\.yaml: width is 12; this ladder has multiples of 8/],
  [
    { heldOut: { budgets: 4e9, widths: [8] } },
    /^tiny\.yaml: heldOut\.budgets has 4e9, .* largest fitted budget, 4e9: it would test nothing/,
  ],
  [{ validation: { split: "test" } }, /^tiny\.yaml: shapes-scenes-16 has no split "test"; validation\.split can be/],
])("what cannot be is told before anything is trained: %j", async (more, message) => {
  await expect(planStudy(tiny(more), openShapes)).rejects.toThrow(message);
});
