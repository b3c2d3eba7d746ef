import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readStudy } from "@isoflop/plot";
import { expectOk } from "@isoflop/scaling";
import { measurementName } from "@isoflop/sweep";
import { type MetricSpec, metricSpec } from "@isoflop/train";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tableOfRuns } from "../../src/runs/folder.js";
import { loadRuns, ofQuantity } from "../../src/runs/load.js";
import type { DoneRun } from "../../src/runs/point.js";
import { quantityIn, quantityWords } from "../../src/runs/quantity-name.js";
import { fitLaws, openStudy, StudyError, StudyFolder, studyWords } from "../../src/study/index.js";
import { measuredIn } from "../../src/study/measured.js";
import type { MeasuredRuns } from "../../src/study/measured-runs.js";
import { metricOffset } from "../../src/study/metric-offset.js";
import { fitMetrics, titlesOf } from "../../src/study/metrics.js";
import { textOf } from "../../src/words/text.js";
import { file, json } from "../isoflop.js";
import { tiny } from "./tiny.js";

/** What of a run is a point of a law. */
const runOf = (budget: number, paramsNonEmbedding: number, i: number): DoneRun => {
  const tokens = budget / (6 * paramsNonEmbedding);
  const noise = 1 + 0.002 * Math.sin(9 * i);
  const loss = (0.12 + 1.9 * paramsNonEmbedding ** -0.34 + 3 * tokens ** -0.34) * noise;
  const result = { paramsNonEmbedding, tokens, loss, lossStdErr: 0.001 };
  return { id: `run ${i}`, spec: { budget, seed: i % 2 }, state: "done", result } as unknown as DoneRun;
};

const runs = [1e10, 3e10, 1e11, 3e11].flatMap((C, b) =>
  [0.2, 0.45, 1, 2.2, 5].map((size, i) => runOf(C, Math.round(0.2 * C ** 0.5 * size), 5 * b + i)),
);

const measured = (
  of: Readonly<Record<string, (run: DoneRun) => number>>,
  spec = { kind: "of our own" } as unknown as MetricSpec,
): MeasuredRuns => ({
  numbers: new Map(
    runs.map((run) => [
      run.id,
      {
        metrics: Object.fromEntries(Object.entries(of).map(([name, metric]) => [name, metric(run)])),
        standardErrors: Object.fromEntries(Object.keys(of).map((name) => [name, 0.001])),
      },
    ]),
  ),
  metrics: new Map(Object.keys(of).map((name) => [name, spec])),
});

const recall = metricSpec({ kind: "recall", extractor: { kind: "pixels" } });

describe("metrics of a study's runs", () => {
  it("are called by their kind where no other is of it", () => {
    const titles = titlesOf(["vlb(images=64)", "nll(steps=8)", "nll(steps=16)", "fid"]);
    expect([...titles.values()]).toEqual(["vlb", "nll(steps=8)", "nll(steps=16)", "fid"]);
  });

  it("have something added where they need not be above zero: a density its bytes, a distance what its values ask for", () => {
    const nll = { kind: "nll", dequantization: "none" } as MetricSpec;
    expect(metricOffset(nll, [-1.5, 2])).toBe(7);
    expect(metricOffset({ kind: "vlb", decoder: "gaussian" } as MetricSpec, [3, 4])).toBe(7);
    expect(metricOffset({ kind: "nll", dequantization: "uniform" } as MetricSpec, [3, 4])).toBe(0);
    expect(metricOffset(nll, [-9, 2])).toBe(40);
    const kid = { kind: "kid" } as unknown as MetricSpec;
    expect(metricOffset(kid, [0.02, 0.3], [0.004, 0.02])).toBe(0);
    expect(metricOffset(kid, [0.01, 0.3], [0.004, 0.004])).toBe(0.6);
    expect(metricOffset(kid, [-0.01, 0.3])).toBe(0.7);
    expect(metricOffset(undefined, [0, 0])).toBeGreaterThan(0);
    // A share of which more is better is taken from one.
    expect(metricOffset(recall, [-0.8, -0.2])).toBe(1);
  });

  it("that are a line of the loss have its optima, exponents of size, noise by their own errors", async () => {
    const [vlb] = await fitMetrics(runs, measured({ "vlb(images=64)": ({ result }) => 2 * result.loss }));
    const [own, loss] = [expectOk(vlb!.fit!.N), expectOk(fitLaws(runs).N)];
    expect(own.exponent.value).toBeCloseTo(loss.exponent.value, 9);
    expect(own.coefficient.value / loss.coefficient.value).toBeCloseTo(1, 9);
    expect(vlb!.fit!.choices.quantity).toBe("vlb");
    expect(vlb!.points.every(({ sigma }) => sigma === 0.001)).toBe(true);
    const [first] = vlb!.methods!.answers(1e12, { N: 2e5, D: 1e12 / 1.2e6 });
    expect(first!.prediction).toMatchObject({ quantity: "vlb", given: { C: 1e12 } });
  });

  it("are linked to the loss by the line that fits them best", async () => {
    const cubes = measured({ a: ({ result }) => result.loss ** 3 * (1 + 1e-4 * Math.sin(1e4 * result.loss)) });
    const [cube] = await fitMetrics(runs.slice(0, 10), cubes);
    expect(expectOk(cube!.link!)).toMatchObject({ form: "power", names: { x: "loss", y: "a" } });
    expect(expectOk(cube!.link!).parameters.gamma!.value).toBeCloseTo(3, 2);
    const [bits] = await fitMetrics(
      runs.slice(0, 10),
      measured({ a: ({ result }) => 5 + Math.log2(result.loss) + 1e-4 * Math.sin(1e4 * result.loss) }),
    );
    expect(expectOk(bits!.link!).form).toBe("logarithm");
  });

  it("may be below zero: sizes at the optimum are those of the metric, whatever was added", async () => {
    const nll = { kind: "nll", dequantization: "none" } as MetricSpec;
    const [bits] = await fitMetrics(runs, measured({ nll: ({ result }) => 3 * result.loss - 2 }, nll));
    expect(bits).toMatchObject({ title: "nll + 7", offset: 7 });
    expect(bits!.points.every(({ loss }) => loss > 0)).toBe(true);
    const [N, of] = [expectOk(bits!.fit!.N), expectOk(fitLaws(runs).N)];
    expect(N.exponent.value).toBeCloseTo(of.exponent.value, 6);
    expect(["linear", "logarithm"]).toContain(expectOk(bits!.link!).form);
  });

  it("of which more is better are what they leave of one", async () => {
    const found = measured({ "recall(samples=64)": ({ result }) => 1 - result.loss }, recall);
    const [missed] = await fitMetrics(runs.slice(0, 10), found);
    expect(missed).toMatchObject({ title: "1 - recall", offset: 1, higher: true });
    const first = runs[0]!;
    expect(missed!.points.find(({ label }) => label === first.id)!.loss).toBeCloseTo(first.result.loss, 12);
    expect(quantityIn("1 - recall")).toEqual({ name: "recall", offset: 1, sign: -1 });
    expect(quantityWords(quantityIn("nll + 7"))).toBe("nll + 7");
  });

  it("never stop a study: what cannot be fitted has its reason", async () => {
    const few = runs.slice(0, 2);
    for (const metric of [() => 1, () => 0, () => -1e9, ({ result }: DoneRun) => result.loss]) {
      const [found] = await fitMetrics(few, measured({ kid: metric }));
      expect(found!.methods?.answers(1e12, { N: 1e5, D: 1e6 }) ?? []).toEqual([]);
      expect(found!.link!.ok).toBe(false);
    }
    await expect(fitMetrics(runs, measured({ kid: () => 1 }), { signal: AbortSignal.abort() })).rejects.toThrow(
      /abort/i,
    );
  });
});

it("a table of a metric of which some is below zero says what to add", () => {
  const rows = [-0.2, 0.1, 0.4].map((kid, i) => `${10 ** (12 + i)},1e5,${kid}`);
  const table = file("kid.csv", ["C,N,kid", ...rows].join("\n"));
  const { runs: kept, doubts } = loadRuns({ input: table, quantity: "kid" });
  expect(kept).toHaveLength(2);
  const [message] = doubts.flatMap((doubt) => (doubt.kind === "not-positive" ? [doubt.message] : []));
  expect(message).toContain(
    '1 row with a kid of 0 or less takes no part, which bends what is left; --quantity "kid + 2"',
  );
  expect(ofQuantity(loadRuns({ input: table, quantity: "kid + 2" }), "kid + 2").runs.map(({ loss }) => loss)).toEqual([
    1.8, 2.1, 2.4,
  ]);
  const errors = file("errors.csv", ["C,N,kid,kid_standard_error,se", "1e12,1e5,0.5,0.1,0.2"].join("\n"));
  expect(ofQuantity(loadRuns({ input: errors, quantity: "kid" }), "kid").runs[0]!.sigma).toBe(0.1);
  const named = loadRuns({ input: errors, quantity: "kid", columns: { "sigma:kid": "se" } });
  expect(ofQuantity(named, "kid").runs[0]!.sigma).toBe(0.2);
  const two = file("two.csv", "C,N,vlb(images=64),vlb(images=128)\n1e12,1e5,1,2\n");
  expect(() => loadRuns({ input: two, quantity: "vlb" })).toThrow(
    'the quantity "vlb" could be "vlb(images=64)" or "vlb(images=128)"; name the one it is',
  );
});

describe("a study with metrics", () => {
  let out: string;
  const metrics = [
    { kind: "vlb", decoder: "gaussian", images: 64, strata: 4 },
    { kind: "validation", images: 64 },
  ];
  beforeAll(async () => {
    out = await mkdtemp(join(tmpdir(), "isoflop-metrics-"));
    const study = await openStudy({ study: tiny({ metrics, samples: null }), root: out, out });
    try {
      await study.trainGrid();
      await study.predictHeldOut();
      await study.trainHeldOut();
    } catch (error) {
      if (!(error instanceof StudyError)) throw error;
    } finally {
      await study.write();
      study.close();
    }
  }, 120_000);
  afterAll(() => rm(out, { recursive: true, force: true }));

  const summary = async () => readStudy(JSON.parse(await readFile(join(out, "summary.json"), "utf8")));

  it("has for each what it has for the loss, in its summary, its words and its figures", async () => {
    const study = await summary();
    const [vlb, validation] = study.quantities!;
    expect([vlb!.title, validation!.title]).toEqual(["vlb + 7", "validation"]);
    expect(vlb!.fit?.budgets).toHaveLength(study.fit!.budgets.length);
    // The same samples as those of the loss.
    expect(validation!.fit!.budgets[0]!.runs.map(({ loss }) => loss)).toEqual(
      study.fit!.budgets[0]!.runs.map(({ loss }) => loss),
    );
    expect(textOf(studyWords(study))).toContain("7 is added to all of them");
    const figures = await readdir(join(out, "figures"));
    expect(figures).toContain("isoflop-vlb-7.svg");
    expect(figures).toContain("link-validation.png");
  });

  it("is fitted by the name of a metric's kind, or by its own, as its report has it", async () => {
    const { fit } = json(["fit", "isoflop", "--input", out, "--quantity", "validation"]);
    const own = (await summary()).quantities![1]!.fit!;
    expect(fit!.budgets![0]!.parabola!.N!.curvature).toEqual({ ...own.budgets[0]!.parabola!.N.curvature });
    const name = "validation(split=validation images=64)";
    const whole = loadRuns({ input: out, quantity: name });
    expect(ofQuantity(whole, name).runs.map(({ sigma }) => sigma! > 0)).toEqual(whole.runs.map(() => true));
    const added = ofQuantity(loadRuns({ input: out, quantity: "vlb + 7" }), "vlb + 7").runs;
    const [row] = JSON.parse(tableOfRuns(out)) as readonly Readonly<Record<string, number>>[];
    const column = Object.keys(row!).find((key) => key.startsWith("vlb("))!;
    expect(added[0]!.loss).toBeCloseTo(row![column]! + 7, 12);
    expect(() => loadRuns({ input: out, quantity: "kid" })).toThrow(/there is no column "kid" .*there are: .*vlb\(/);
    const short = join(out, "short");
    await symlink(out, `${short}-0123abcd`);
    const linked = json(["fit", "link", "--input", short, "--quantity", "vlb", "--form", "logarithm"]).fit;
    expect(linked).toMatchObject({ names: { x: "loss", y: "vlb" } });
  });

  it("refuses numbers of unlike cards, with the field, both values and both runs", async () => {
    const store = join(out, "runs");
    const run = (await readdir(store)).find((id) => id.length > 10)!;
    const folder = join(store, run, "metrics");
    const file = join(folder, (await readdir(folder)).find((name) => name.startsWith("vlb-"))!);
    const kept = await readFile(file, "utf8");
    const other = JSON.parse(kept);
    const edited = { ...other.card, metric: { ...other.card.metric, strata: 9 } };
    const place = join(folder, `${measurementName(edited)}.json`);
    try {
      await rm(file);
      await writeFile(place, JSON.stringify({ ...other, card: edited }));
      const refusal =
        /vlb is not one number, and no law joins it: metric.strata is [49] of the one and [49] of the other: run \w+ and run \w+/;
      expect(() => loadRuns({ input: out, quantity: "vlb" })).toThrow(refusal);
      expect(() => loadRuns({ input: out, quantity: "validation" })).not.toThrow();
      const notes: string[] = [];
      const study = new StudyFolder(out);
      const { metrics: left } = await measuredIn(await study.done(), study.store, (note) => notes.push(note));
      expect([...left.keys()]).toEqual(["validation(split=validation images=64)"]);
      expect(notes.join()).toMatch(/^vlb\(.* is left out, as it is not one number: metric\.strata is/);
    } finally {
      await rm(place, { force: true });
      await writeFile(file, kept);
    }
  });
});
