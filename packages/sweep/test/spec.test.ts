import { createHash } from "node:crypto";
import { canonicalJson } from "@isoflop/train";
import { describe, expect, it } from "vitest";
import { type RunSpecInput, runId, runSpec, trainingOf } from "../src/spec.js";
import { tinyRun } from "./tiny.js";

describe("runId", () => {
  it("is the start of the SHA-256 of the spec's canonical JSON", () => {
    const text = `isoflop run 1\n${canonicalJson(runSpec(tinyRun()))}`;
    expect(runId(tinyRun())).toBe(createHash("sha256").update(text).digest("hex").slice(0, 16));
  });

  it("does not depend on the order of keys, nor on defaults being written out", () => {
    const reversed = Object.fromEntries(Object.entries(tinyRun()).reverse()) as unknown as RunSpecInput;
    expect(runId(reversed)).toBe(runId(tinyRun()));
    expect(runId(runSpec(tinyRun()))).toBe(runId(tinyRun()));
  });

  const changes: Partial<RunSpecInput>[] = [
    { seed: 1 },
    { steps: 7 },
    { batch: 3 },
    { budget: 2e6 },
    { data: { source: "shapes", seed: 1 } },
    { data: { source: "emoji" } },
    { optimizer: { learningRate: 0.003 } },
    { averaging: { kind: "none" } },
    { model: { ...tinyRun().model, width: 16 } },
  ];
  it.each(changes)("changes with %o", (change) => {
    expect(runId(tinyRun(change))).not.toBe(runId(tinyRun()));
  });
});

describe("runSpec", () => {
  const wrong: [unknown, string][] = [
    [{ ...tinyRun(), bugdet: 1 }, 'unknown key "bugdet"; did you mean "budget"?'],
    [{ ...tinyRun(), data: { source: "emojis" } }, 'did you mean "emoji"?'],
    [{ ...tinyRun(), data: { source: "emoji", size: 24 } }, "spec.data.size is 24; it must be 16 or 32"],
    [{ ...tinyRun(), budget: undefined }, "spec.budget is missing; it must be a finite number above 0"],
    [{ ...tinyRun(), optimizer: { warmpu: 0.1 } }, 'did you mean "warmup"?'],
  ];
  it.each(wrong)("refuses %#", (input, message) => {
    expect(() => runSpec(input as RunSpecInput)).toThrow(message);
  });

  it("holds what training needs and what the sweep needs, apart", () => {
    const training = trainingOf(runSpec(tinyRun()));
    expect(training).not.toHaveProperty("data");
    expect(training).not.toHaveProperty("budget");
    expect(training.steps).toBe(6);
  });
});
