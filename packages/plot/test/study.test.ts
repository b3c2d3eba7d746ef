import { writeRecord } from "@isoflop/scaling";
import { describe, expect, test } from "vitest";
import { PlotInputError, readStudy, type StudySummary } from "../src/index.js";
import { rolledStudy } from "./support/rolled.js";
import { exampleStudy } from "./support/study.js";

const { curves: _, samples: __, ...summary } = exampleStudy();
const saved = (study: unknown): unknown => JSON.parse(writeRecord(study));

/** The summary with the value at `path` (dots and numbers) replaced. */
const changed = (path: string, value: unknown): unknown => {
  const study = structuredClone(summary) as unknown as Record<string, unknown>;
  const keys = path.split(".");
  let place = study;
  for (const key of keys.slice(0, -1)) place = place[key] as Record<string, unknown>;
  place[keys.at(-1)!] = value;
  return study;
};

test("a summary survives JSON, whole or of a study that has only begun", () => {
  expect(readStudy(saved(summary))).toEqual(summary);
  const methods = [{ method: "rollout", N: { value: 1e5, ci95: [5e4, 2e5] }, loss: { value: 0.2 } }] as const;
  const foreseen: StudySummary = { ...summary, heldOut: { ...summary.heldOut, methods } };
  expect(readStudy(saved(foreseen))).toEqual(foreseen);
  const rolled = rolledStudy();
  expect(readStudy(saved(rolled))).toEqual(rolled);
  const begun: StudySummary = {
    record: "study",
    preset: "quick",
    device: { backend: "wasm" },
    data: { name: "emoji" },
    seconds: 0,
    runs: [],
  };
  expect(readStudy(saved(begun))).toEqual(begun);
});

test("one of another version is refused in words that say how to go on", () => {
  const former = { preset: "quick", device: { backend: "wasm" }, data: "emoji", seconds: 0, runs: [], isoflop: [] };
  for (const value of [former, { record: "isoflop" }, null, 3, []]) {
    expect(() => readStudy(value)).toThrow(PlotInputError);
    expect(() => readStudy(value)).toThrow(/"isoflop report FOLDER" makes it again from the runs/);
  }
});

describe("an error names the field, the value and what would have been right", () => {
  test.each([
    ["runs.3.loss", Number.NaN, /^runs\[3\]\.loss is NaN; it must be a finite number above 0$/],
    ["runs.0.N", -5, /^runs\[0\]\.N is -5; it must be a finite number above 0$/],
    ["runs.0.seconds", undefined, /^runs\[0\]\.seconds is missing; it must be a finite number of at least 0$/],
    ["runs.1.id", "run-00", /^runs is a list of 21; it must be a list in which every id is another$/],
    ["runs.1.D", "12", /^runs\[1\]\.D is "12"; /],
    ["runs", undefined, /^runs is missing; it must be a list$/],
    ["runs.0.budget", 1, /^runs\[0\] has an unknown key "budget"/],
    ["fit.loss.exponent.value", "x", /^fit\.loss\.exponent\.value is "x"; /],
    ["fit.budgets.0.C", -1, /^fit\.budgets\[0\]\.C is -1; /],
    ["heldOut.prediction.predicted.loss.interval95", [0.2, 0.1], /^heldOut\.prediction\.predicted\.loss\.interval95 /],
    [
      "heldOut.methods",
      [{ method: "guess" }],
      /^heldOut\.methods\[0\]\.method is "guess"; it must be one of "rollout"/,
    ],
    ["heldOut.measured.loss", null, /^heldOut\.measured\.loss is null; /],
    [
      "heldOut.prediction.given",
      { N: 1 },
      /^heldOut\.prediction is a record; it must be the prediction of a loss at a/,
    ],
    ["heldOut.run", "", /^heldOut\.run is ""; it must be a text$/],
    ["seal", "0123", /^seal is "0123"; it must be 32 to 64 hexadecimal digits$/],
    ["floor", { value: 0.02, standardError: 0.001 }, /^floor\.prior is missing; /],
    ["floor", { value: -1, standardError: 0, prior: "all" }, /^floor\.value is -1; it must be .* at least 0$/],
    ["rollOut", { record: "joint" }, /^rollOut\.record is "joint"; /],
    ["joint", { record: "joint" }, /^joint\.quantity is missing; /],
    ["noise", { record: "seed-noise" }, /^noise\.standardDeviation is missing; /],
    ["choices.seeds", ["one"], /^choices\.seeds\[0\] is "one"; /],
    ["choices.versions", { node: 20 }, /^choices\.versions\.node is 20; it must be a text$/],
    ["choices.filters", 3, /^choices\.filters is 3; it must be a text$/],
    ["choices.axis", "N", /^choices has an unknown key "axis"; did you mean "axes"\?/],
    ["data", { licence: "MIT" }, /^data\.name is missing; it must be a text$/],
    ["device", "wasm", /^device is "wasm"; it must be a record$/],
    ["timings.training", -1, /^timings\.training is -1; /],
    ["plannedRuns", 2.5, /^plannedRuns is 2\.5; it must be a whole number/],
  ])("%s = %j", (path, value, message) => {
    const read = () => readStudy(changed(path, value));
    expect(read).toThrow(PlotInputError);
    expect(read).toThrow(message);
  });

  test("the field of the error is its path", () => {
    try {
      readStudy(changed("runs.3.loss", 0));
      expect.unreachable();
    } catch (error) {
      expect((error as PlotInputError).field).toBe("runs[3].loss");
    }
  });
});
