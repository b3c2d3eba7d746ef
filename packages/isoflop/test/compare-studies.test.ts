import { readComparison, type StudySummary, verdictOfArms } from "@isoflop/plot";
import { compareSides, expectOk, isoFlop, type Run, sideOfIsoFlop, sideOfRuns, writeRecord } from "@isoflop/scaling";
import { describe, expect, test } from "vitest";
import { type Arm, compareStudies, lossDifference } from "../src/compare/studies.js";
import { comparedWords } from "../src/study/arms-words.js";

const budgets = [1e18, 3e18, 1e19, 3e19];

/** Chinchilla's form, ±0.1 %, with what is above the floor larger by a factor. */
const runsOf = (factor: number, sizes = [0.2, 0.45, 1, 2.2, 5]): Run[] =>
  budgets.flatMap((C, b) =>
    sizes.map((size, i) => {
      const N = 0.1 * C ** 0.5 * size;
      const D = C / (6 * N);
      const noise = 1 + 1e-3 * Math.sin(7 * b + 3 * i + factor);
      return { C, N, D, loss: (1.7 + factor * (400 * N ** -0.34 + 500 * D ** -0.3)) * noise };
    }),
  );

const summaryOf = (runs: readonly Run[], more: Partial<StudySummary> = {}): StudySummary => ({
  record: "study",
  preset: "quick",
  device: { backend: "wasm" },
  data: { name: "emoji", details: "16 px" },
  seconds: 60,
  runs: runs.map((run, i) => ({ ...run, id: `${i}`, flops: run.C, seconds: 1 })),
  ...(runs.length > 0 && { fit: isoFlop(runs) }),
  choices: { loss: "mean squared error of the velocity" },
  ...more,
});

const [first, second] = [runsOf(1), runsOf(1.3)];
const arms: Arm[] = [
  { name: "a", folder: "a", summary: summaryOf(first) },
  { name: "b", summary: summaryOf(second) },
];
const options = { name: "two", compared: "model.conditioning", draws: 300 };

describe("arms of a study", () => {
  const study = compareStudies(arms, options);

  test("are compared as compare does it: by surfaces through the runs that were fitted", () => {
    const [a, b] = [expectOk(sideOfRuns("a", first)), expectOk(sideOfRuns("b", second))];
    const [one, other] = study.arms;
    expect(one).toMatchObject({ name: "a", folder: "a", law: a.law });
    expect(one!.comparison).toBeUndefined();
    expect(other!.comparison).toEqual(compareSides(a, b, { draws: 300 }));
    expect(other!.apart!.N).toEqual(other!.comparison!.constants.N);
    expect(Object.keys(one!.exponents!)).toEqual(["N", "D", "loss"]);
    const { trend } = other!.comparison!;
    expect(trend.ok && trend.ratio.ci95[0]).toBeGreaterThan(1);
  });

  test("survive JSON", () => {
    const saved = JSON.parse(writeRecord(study));
    expect(JSON.parse(writeRecord(readComparison(saved)))).toEqual(saved);
  });

  test("of which one has too few runs for a surface are all taken by their optima, and it has a reason", () => {
    const few = { name: "b", summary: summaryOf(second.slice(0, 5)) };
    const {
      arms: [one, other],
    } = compareStudies([arms[0]!, few], options);
    expect(one!.law).toBe(expectOk(sideOfIsoFlop("a", arms[0]!.summary.fit!)).law);
    expect(other!.refused).toMatch(/a law needs at least 3/);
    expect(other!.apart).toBeUndefined();
  });

  test("of which one is not fitted yet have a reason, and no comparison", () => {
    const {
      arms: [one, other],
    } = compareStudies([arms[0]!, { name: "b", summary: summaryOf([]) }], options);
    expect(one!.law).toMatch(/optima/);
    expect(other).toMatchObject({ name: "b", refused: "nothing has been fitted to its runs yet" });
    expect(other!.comparison).toBeUndefined();
  });
});

describe("losses that do not measure the same", () => {
  const withArm = (more: Partial<StudySummary>): Arm[] => [arms[0]!, { name: "b", summary: summaryOf(second, more) }];

  test.each<[string, Partial<StudySummary>, RegExp]>([
    ["other data", { data: { name: "shapes" } }, /^they are of other data: emoji \(a\), shapes \(b\)$/],
    ["other images", { data: { name: "emoji", details: "32 px" } }, /^they are of other images of emoji$/],
    [
      "another objective",
      { choices: { loss: "error of the noise" } },
      /^they are measured in unlike ways: mean .* \(a\); error of the noise \(b\)$/,
    ],
    ["what is not stated", { choices: {} }, /^what they measure is not stated$/],
  ])("%s: exponents are compared and losses are not", (_, more, why) => {
    const study = compareStudies(withArm(more), options);
    expect(study.lossesDiffer).toMatch(why);
    expect(study.arms[1]!.comparison).toBeUndefined();
    expect(Object.keys(study.arms[1]!.apart!)).toEqual(["N", "D", "loss"]);
  });

  /** The same runs with a metric in the place of their loss, as a summary has it. */
  const asMetric = (runs: readonly Run[], title = "vlb"): Run[] =>
    runs.map((run) => ({ ...run, metrics: { [title]: run.loss } }));
  const measured = (runs: readonly Run[], title = "vlb"): NonNullable<StudySummary["quantities"]> => [
    {
      name: "vlb",
      title,
      fit: isoFlop(asMetric(runs, title), { quantity: title }),
      link: { ok: false, reason: "too-few-points", message: "none was asked for" },
    },
  ];
  const unlike = (more: Partial<StudySummary> = {}): Arm[] => [
    { name: "a", summary: summaryOf(first, { quantities: measured(first) }) },
    { name: "b", summary: summaryOf(second, { data: { name: "shapes" }, quantities: measured(second), ...more }) },
  ];

  test("are compared by a metric that is measured alike, as losses would be", () => {
    const study = compareStudies(unlike(), options);
    expect(study.arms[1]!.comparison).toBeUndefined();
    const [metric] = study.metrics!;
    expect(metric).toMatchObject({ title: "vlb", laws: [{ name: "a" }, { name: "b" }] });
    expect(metric!.differs).toBeUndefined();
    const [a, b] = [first, second].map((runs, i) =>
      expectOk(sideOfRuns("ab"[i]!, asMetric(runs), { quantity: "vlb" })),
    );
    expect(metric!.laws[1]!.comparison).toEqual(compareSides(a!, b!, { draws: 300, quantity: "vlb" }));
    const saved = JSON.parse(writeRecord(study));
    expect(JSON.parse(writeRecord(readComparison(saved)))).toEqual(saved);
    const ratio = comparedWords(study).at(-1);
    expect(ratio).toMatchObject({
      title: "Effective compute",
      table: { rows: [["vlb", "b", expect.any(String), expect.any(String), expect.any(String), expect.any(String)]] },
    });
  });

  test.each<[string, Partial<StudySummary>, ((name: string) => string) | undefined, string]>([
    ["unlike cards", {}, (name) => `the cards of ${name} are unlike`, "the cards of vlb are unlike"],
    [
      "another quantity",
      { quantities: measured(second, "vlb + 7") },
      undefined,
      "laws are of unlike quantities: vlb (a), vlb + 7 (b)",
    ],
    ["none at all", { quantities: [] }, undefined, "it was not measured of b"],
  ])("nor are they by a metric with %s", (_, more, numbersDiffer, differs) => {
    const study = compareStudies(unlike(more), { ...options, numbersDiffer });
    const [metric] = study.metrics!;
    expect(metric!.differs).toBe(differs);
    expect(metric!.laws[1]!.comparison).toBeUndefined();
    expect(verdictOfArms(study).sentences).toContain(`vlb is not compared: ${differs}.`);
    expect(comparedWords(study).at(-1)).toBe(false);
  });

  test("who knows better may say so", () => {
    const same = compareStudies(withArm({ data: { name: "half of emoji" } }), { ...options, lossesDiffer: false });
    expect(same.lossesDiffer).toBeUndefined();
    expect(same.arms[1]!.comparison).toBeDefined();
    expect(compareStudies(arms, { ...options, lossesDiffer: "weights differ" }).lossesDiffer).toBe("weights differ");
    expect(lossDifference(arms)).toBe(false);
  });
});
