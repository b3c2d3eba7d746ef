import { describe, expect, test } from "vitest";
import { PlotInputError, type Study, validateStudy } from "../src/index.js";
import { exampleStudy } from "./support/study.js";

/** The study with the value at `path` (dots and numbers) replaced. */
const changed = (path: string, value: unknown): unknown => {
  const study = structuredClone(exampleStudy()) as unknown as Record<string, unknown>;
  const keys = path.split(".");
  let place = study;
  for (const key of keys.slice(0, -1)) place = place[key] as Record<string, unknown>;
  place[keys.at(-1)!] = value;
  return study;
};

test("a whole study, and one that has only begun, are taken as they are", () => {
  const study = exampleStudy();
  expect(validateStudy(study)).toBe(study);
  const begun: Study = {
    preset: "quick",
    device: { backend: "wasm" },
    data: "emoji",
    seconds: 0,
    runs: [],
    isoflop: [],
  };
  expect(validateStudy(begun)).toBe(begun);
});

test("what JSON.parse gives back is a study again, null where a value is still missing", () => {
  const { samples: _, ...study } = exampleStudy();
  const heldOut = { ...study.heldOut, measuredLoss: Number.NaN, measuredStdErr: Number.NaN, relativeError: Number.NaN };
  const parsed: unknown = JSON.parse(JSON.stringify({ ...study, heldOut }));
  expect(validateStudy(parsed).heldOut?.measuredLoss).toBeNull();
});

describe("an error names the field, the value and what would have been right", () => {
  test.each([
    ["runs.3.loss", Number.NaN, /^runs\[3\]\.loss: expected a finite number above 0, got NaN$/],
    ["runs.0.params", -5, /^runs\[0\]\.params: expected a finite number above 0, got -5$/],
    ["runs.0.lossStdErr", undefined, /^runs\[0\]\.lossStdErr: .*0 or above, got undefined$/],
    ["runs.1.id", "run-00", /^runs\[1\]\.id: expected an id that no earlier run has, got "run-00"$/],
    ["runs.1.tokens", "12", /^runs\[1\]\.tokens: .*got "12"$/],
    ["runs", undefined, /^runs: expected an array/],
    ["isoflop.0.budget", undefined, /^isoflop\[0\]\.budget: /],
    ["isoflop.0.budget", 3e11, /^isoflop\[0\]\.budget: expected the budget of at least one run, got 300000000000$/],
    ["isoflop.1.budget", 2e11, /^isoflop\[1\]\.budget: expected one entry per budget/],
    ["isoflop.2.optimalLoss", null, /^isoflop\[2\]\.optimalLoss: /],
    ["isoflop.2.interior", "yes", /^isoflop\[2\]\.interior: expected true or false, got "yes"$/],
    ["laws.loss.exponent", Number.POSITIVE_INFINITY, /^laws\.loss\.exponent: .*got Infinity$/],
    ["laws.params.ci95", [0.6, 0.5], /^laws\.params\.ci95\[1\]: expected at least the lower end, 0\.6, got 0\.5$/],
    ["laws.params.ci95", [0.6], /^laws\.params\.ci95: expected \[low, high\]/],
    ["laws.tokens", undefined, /^laws\.tokens: expected an object/],
    ["laws.loss.band.3.compute", 1, /^laws\.loss\.band\[3\]\.compute: expected more than/],
    ["heldOut.interval95", [0.2, Number.NaN], /^heldOut\.interval95\[1\]: /],
    ["heldOut.measuredLoss", Number.NaN, /^heldOut\.measuredLoss: /],
    ["heldOut.relativeError", 0.1, /^heldOut\.relativeError: expected \(measuredLoss - predictedLoss\)/],
    ["curves.2.id", "nobody", /^curves\[2\]\.id: expected the id of a run, got "nobody"$/],
    ["curves.2.loss", [1], /^curves\[2\]\.loss: expected as many values as tokens, 300/],
    ["curves.0.tokens.7", 1, /^curves\[0\]\.tokens\[7\]: expected more than/],
    ["samples.1.pixels", [0, 0], /^samples\[1\]\.pixels\.length: expected 3 · 16 · 16 = 768, got 2$/],
    ["samples.1.pixels.5", Number.NaN, /^samples\[1\]\.pixels\[5\]: expected a finite number, got NaN$/],
    ["samples.0.layout", "nchw", /^samples\[0\]\.layout: expected "chw" or "hwc", got "nchw"$/],
    ["choices.seeds", ["one"], /^choices\.seeds\[0\]: /],
    ["choices.versions", { node: 20 }, /^choices\.versions\.node: expected a string, got 20$/],
    ["choices.filters", 3, /^choices\.filters: expected a string/],
    ["data", { licence: "MIT" }, /^data\.name: expected a string, got undefined$/],
    ["device", "wasm", /^device: expected an object, got "wasm"$/],
    ["timings.training", -1, /^timings\.training: /],
    ["plannedRuns", 2.5, /^plannedRuns: expected a whole number/],
  ])("%s = %j", (path, value, message) => {
    expect(() => validateStudy(changed(path, value))).toThrow(PlotInputError);
    expect(() => validateStudy(changed(path, value))).toThrow(message);
  });
});
