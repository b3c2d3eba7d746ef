import { canonicalJson } from "@isoflop/spec";
import { createDevice } from "@isoflop/tensor";
import { describe, expect, it } from "vitest";
import { type TrainSpecInput, trainSpec } from "../src/spec.js";
import { train } from "../src/train.js";
import { tinyData, tinyModel, tinySpec } from "./tiny.js";

const device = await createDevice("wasm");
const learned = { preset: "ddpm", variance: "learnedRange" } as const;
const wide = { ...tinyModel(), outChannels: 6, timeScale: 1000 };

describe("an objective by name", () => {
  it("is its record in full, so that a run has one text however it was asked for", () => {
    const text = (objective: TrainSpecInput["objective"]) =>
      canonicalJson(trainSpec(tinySpec({ objective })).objective);
    expect(text("edm")).toBe(
      '{"density":{"kind":"logNormalSigma","mean":-1.2,"std":1.2},"inputs":"edm","path":"edm","prediction":{"kind":"F","sigmaData":0.5},"weighting":{"kind":"none"}}',
    );
    expect(text({ preset: "edm" })).toBe(text("edm"));
    expect(text(JSON.parse(text("edm")))).toBe(text("edm"));
    expect(text({ ...JSON.parse(text("ddpm")), variance: "fixedLarge", loss: "mse" })).toBe(text("ddpm"));
  });

  it("leaves the text of what was written before as it was", () => {
    const plain =
      '{"density":{"kind":"logitNormal","mean":0,"std":1},"path":"linear","prediction":"velocity","weighting":{"kind":"none"}}';
    expect(canonicalJson(trainSpec(tinySpec()).objective)).toBe(plain);
    expect(canonicalJson(trainSpec(tinySpec({ objective: "rectifiedFlow" })).objective)).toBe(plain);
  });

  it("that is none is refused with the names", () => {
    expect(() => trainSpec(tinySpec({ objective: "emd" }))).toThrow(
      'spec.objective is "emd"; it must be one of "rectifiedFlow"',
    );
    expect(() => trainSpec(tinySpec({ objective: { preset: "edm", sigmaData: -1 } }))).toThrow(
      "spec.objective.sigmaData is -1",
    );
    expect(() => trainSpec(tinySpec({ objective: { variance: "learnedRange" } }))).toThrow("takes a path of steps");
  });
});

describe("training", () => {
  const data = tinyData();
  it.each<[name: string, changes: Partial<TrainSpecInput>]>([
    ["edm", { objective: "edm" }],
    ["stochastic interpolants", { objective: { preset: "stochasticInterpolant", path: "cosine" } }],
    ["ddpm", { objective: "ddpm", model: { ...tinyModel(), timeScale: 1000 } }],
    ["ddpm of zero terminal SNR", { objective: { preset: "ddpm", zeroTerminalSnr: true, schedule: "cosine" } }],
    ["ddpm with a learned variance", { objective: learned, model: wide }],
    ["its bound", { objective: { ...learned, loss: "rescaledKl" }, model: wide }],
  ])("by %s goes down, and is the same a second time", async (name, changes) => {
    const spec = tinySpec({
      ...changes,
      steps: 30,
      optimizer: { learningRate: 0.01 },
      averaging: { kind: "power", width: 0.2 },
    });
    const losses: number[] = [];
    const run = () =>
      train(spec, {
        device,
        data,
        onProgress: ({ metrics }) => void losses.push(...metrics.map(({ loss }) => loss)),
      });
    const [first, second] = [await run(), await run()];
    expect(losses.every(Number.isFinite)).toBe(true);
    expect(losses.slice(0, 30)).toEqual(losses.slice(30));
    expect(first.validation.mean).toBe(second.validation.mean);
    const mean = (part: readonly number[]) => part.reduce((sum, x) => sum + x, 0) / part.length;
    // A bound of few steps is mostly that of which steps they are.
    if (name !== "its bound") expect(mean(losses.slice(20, 30))).toBeLessThan(mean(losses.slice(0, 5)));
  });

  it("takes as many channels as the objective has outputs", async () => {
    const options = { device, data };
    await expect(train(tinySpec({ objective: learned }), options)).rejects.toThrow(
      'model.outChannels is 3; it must be twice model.image.channels, 6: objective.variance is "learnedRange"',
    );
    await expect(train(tinySpec({ objective: "ddpm", model: wide }), options)).rejects.toThrow(
      "model.outChannels is 6; it must be model.image.channels, 3",
    );
  });
});
