import { type HeldOutCheck, heldOutOf, type StudySummary } from "@isoflop/plot";
import {
  expectOk,
  isoFlop,
  jointFit,
  predictIsoFlop,
  predictRollOut,
  type Run,
  rollOut,
  seedNoise,
} from "@isoflop/scaling";
import { describe, expect, it } from "vitest";
import { studyWords } from "../../src/study/index.js";
import { passagesOf } from "../../src/words/passage.js";
import { textOf } from "../../src/words/text.js";

const k = 4.8;
const best = (C: number) => 12_000 * (C / 1e10) ** 0.35;
const lossOf = (C: number, N: number) => 0.1 + 0.2 * (C / 1e10) ** -0.3 * Math.exp(0.08 * Math.log(N / best(C)) ** 2);

/** Two seeds of four sizes at five budgets; losses are off by ±1 % as the seed is even or odd. */
const runs: Run[] = [1e10, 2e10, 4e10, 8e10, 1.6e11].flatMap((C, i) =>
  [0.35, 0.65, 1.2, 2.2].flatMap((factor, j) =>
    [0, 1].map((seed) => {
      const N = Math.round(best(C) * factor);
      const off = 0.01 * ((i + j + seed) % 2 === 0 ? 1 : -1);
      return { C, N, D: C / (k * N), loss: lossOf(C, N) * (1 + off), seed, label: `${i}-${j}-${seed}` };
    }),
  ),
);

const C = 1.6e12;
const fit = isoFlop(runs);
const rolled = expectOk(rollOut(runs, { forms: ["joint"], flopsPerToken: k }));
const heldOut = [40_000, 70_000, 120_000].map((N, i): HeldOutCheck => {
  const prediction = expectOk(predictRollOut(rolled, { N, D: C / (k * N) }));
  const { N: size } = expectOk(predictIsoFlop(fit, C, { N })).predicted;
  return {
    prediction,
    methods: [{ method: "rollout", N: size, loss: prediction.predicted.loss }],
    measured: { loss: lossOf(C, N), sigma: 0.002 },
    run: `test-${i}`,
  };
});
const summary: StudySummary = {
  ...{ record: "study", preset: "quick", device: { backend: "wasm" }, data: { name: "emoji" }, seconds: 300 },
  runs: [
    ...runs.map((run) => ({ ...run, id: run.label!, flops: run.C, seconds: 1 })),
    ...heldOut.map(({ prediction: { given }, measured, run }) => {
      return { C, N: given.N!, D: given.D!, loss: measured!.loss, id: run!, flops: C, seconds: 9 };
    }),
  ],
  fit,
  rollOut: rolled,
  joint: expectOk(jointFit(runs, { flopsPerToken: k })),
  floor: { value: 0.0194, standardError: 0.0008, prior: "all" },
  noise: expectOk(seedNoise(runs)),
  seal: "0123456789abcdef0123456789abcdef",
  heldOut,
};

describe("what a terminal says of a study", () => {
  const words = studyWords(summary);
  const text = textOf(words);
  const titles = passagesOf(words).flatMap(({ title }) => title ?? []);

  it("has the law that predicts, Approach 2 beside it, and how sharp the test was", () => {
    expect(titles).toEqual([
      "Runs",
      "The law that predicts",
      "Approach 2, beside it",
      "Held out",
      "How sharp the test was",
    ]);
    const { loss } = expectOk(predictRollOut(rolled, { C })).predicted;
    expect(text).toMatch(new RegExp(`at 1\\.6×10¹².FLOPs, held out .* ${loss.value.toFixed(4)} \\(`));
    expect(text).toMatch(/the interval is \d\.\d times narrower than the improvement|the test could not fail/);
    expect(text).toMatch(/Rehearsed at +Foreseen/);
    for (const begin of ["Rehearsals are no independent tests", "One run's loss scatters", "No model can have a loss"])
      expect(text).toContain(begin);
    expect(text).not.toMatch(/NaN|undefined/);
  });

  it("sets sizes of one compute in one table, each with its outcome", () => {
    const held = passagesOf(words).filter(({ title }) => title === "Held out");
    expect(held).toHaveLength(1);
    expect(held[0]!.table!.head).toContain("trained");
    expect(held[0]!.table!.rows).toHaveLength(3);
    expect(held[0]!.notes!.filter((note) => note.startsWith("measured "))).toHaveLength(3);
    expect(held[0]!.notes![0]).toMatch(/^at 1\.6e12 FLOPs .* for 4\.000e4 parameters$|for 40000 parameters$|for 4e4/);
  });

  it("without a mixture says what it said", () => {
    const { rollOut: _, joint: __, floor: ___, noise: ____, seal: _____, ...before } = summary;
    const [first] = heldOutOf(before);
    const without = passagesOf(studyWords({ ...before, heldOut: first! })).flatMap(({ title }) => title ?? []);
    expect(without).toEqual(["Runs", "Held out"]);
  });
});
