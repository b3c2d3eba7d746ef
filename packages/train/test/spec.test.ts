import { describe, expect, it } from "vitest";
import { TrainError } from "../src/errors.js";
import { buildObjective } from "../src/objective.js";
import { type TrainSpecInput, trainSpec } from "../src/spec.js";
import { tinyModel, tinySpec } from "./tiny.js";

const minimal: TrainSpecInput = { model: tinyModel(), steps: 10 };

describe("trainSpec", () => {
  it("fills in what is not said, and a full spec stays as it is", () => {
    const spec = trainSpec(minimal);
    expect(spec).toMatchObject({
      batch: 16,
      seed: 0,
      captionDropout: 0,
      optimizer: { beta1: 0.9, beta2: 0.99, weightDecay: 0.01, clip: 1, warmup: 0.05, decay: 0.3, shape: "linear" },
      objective: {
        path: "linear",
        prediction: "velocity",
        weighting: { kind: "none" },
        density: { kind: "logitNormal", mean: 0, std: 1 },
      },
      averaging: { kind: "power", width: 0.05 },
      validation: { split: "validation", images: 1024 },
    });
    expect(spec.model).toMatchObject({ mlpRatio: 4, outChannels: 3, positions: "sincos", qkNorm: "none" });
    expect(trainSpec(spec)).toEqual(spec);
  });

  const wrong: [string, unknown, string][] = [
    ["a mistyped key", { ...minimal, optimiser: {} }, 'unknown key "optimiser"; did you mean "optimizer"?'],
    ["a mistyped key inside", { ...minimal, optimizer: { learningrate: 1 } }, 'did you mean "learningRate"?'],
    ["a mistyped model key", { ...minimal, model: { ...tinyModel(), widht: 8 } }, 'did you mean "width"?'],
    ["a key of another world", { ...minimal, zzzzzzzzzzzz: 1 }, "it takes model, objective"],
    ["a mistyped choice", { ...minimal, optimizer: { shape: "liner" } }, '(did you mean "linear"?)'],
    ["a missing field", { model: tinyModel() }, "spec.steps is missing; it must be a whole number of at least 1"],
    ["a fraction of a step", { ...minimal, steps: 1.5 }, "spec.steps is 1.5"],
    ["no steps", { ...minimal, steps: 0 }, "spec.steps is 0; it must be a whole number of at least 1"],
    ["a rate of nothing", { ...minimal, optimizer: { learningRate: 0 } }, "spec.optimizer.learningRate is 0"],
    ["NaN", { ...minimal, optimizer: { eps: Number.NaN } }, "spec.optimizer.eps is NaN; it must be a finite number"],
    ["a text for a number", { ...minimal, batch: "16" }, 'spec.batch is "16"'],
    [
      "more than the whole run",
      { ...minimal, optimizer: { warmup: 0.8, decay: 0.3 } },
      "together they must be at most 1",
    ],
    ["an average wider than any", { ...minimal, averaging: { kind: "power", width: 0.5 } }, "of at most 0.288"],
    ["an average of no kind", { ...minimal, averaging: { width: 0.5 } }, "spec.averaging.kind is missing"],
    [
      "validation on what training sees",
      { ...minimal, validation: { split: "train" } },
      'spec.validation.split is "train"; it must be a split that training never sees, such as "validation"',
    ],
    ["a negative batch", { ...minimal, batch: -4 }, "spec.batch is -4; it must be a whole number of at least 1"],
    [
      "a rate that is NaN",
      { ...minimal, optimizer: { learningRate: Number.NaN } },
      "spec.optimizer.learningRate is NaN",
    ],
    ["a clip below 0", { ...minimal, optimizer: { clip: -1 } }, "spec.optimizer.clip is -1"],
    [
      "a prediction of another name",
      { ...minimal, objective: { prediction: "epsilon" } },
      'one of "velocity", "noise", "data"',
    ],
    ["more images than f32 has times for", { ...minimal, validation: { images: 2 ** 40 } }, "and of at most 16777216"],
    ["a ragged validation set", { ...minimal, validation: { images: 100 } }, "must be a multiple of 64"],
    [
      "a model that cannot be",
      { ...minimal, model: { ...tinyModel(), heads: 3 } },
      "heads is 3; it must divide width, 8",
    ],
    [
      "half a register",
      { ...minimal, model: { ...tinyModel(), registers: 0.5 } },
      "spec.model.registers is 0.5; it must be a whole number of at least 0",
    ],
    [
      "a scale of guidance in a config",
      { ...minimal, model: { ...tinyModel(), guidance: 3.5 } },
      "spec.model.guidance is 3.5; it must be true, or left out",
    ],
    [
      "rotary positions in odd pairs",
      { ...minimal, model: { ...tinyModel(), positions: "rope", width: 24, heads: 4 } },
      "heads is 4 and width 24, so a head is 6 wide",
    ],
    ["no record", 7, "spec is 7; it must be a record"],
  ];
  it.each(wrong)("refuses %s", (_, input, message) => {
    const attempt = () => trainSpec(input as TrainSpecInput);
    expect(attempt).toThrow(TrainError);
    expect(attempt).toThrow(message);
  });

  it("takes what tests train", () => {
    expect(trainSpec(tinySpec()).steps).toBe(12);
  });
});

describe("buildObjective", () => {
  const { objective } = trainSpec(minimal);
  it.each<[changes: object, message: string]>([
    [{ path: "constructor" }, 'objective.path is "constructor"; it must be one of "linear", "cosine", "vp"'],
    [{ prediction: "x0" }, 'objective.prediction is "x0"'],
    [{ weighting: { kind: "snr" } }, 'objective.weighting.kind is "snr"'],
    [{ density: { kind: "logitNormal", mean: Number.NaN, std: 1 } }, "objective.density.mean is NaN"],
    [{ path: { kind: "vp", betaMin: 30 } }, "objective: vpPath: betas are 30 and 20; it takes 0 < betaMin <= betaMax"],
  ])("refuses %j", (changes, message) => {
    expect(() => buildObjective({ ...objective, ...changes } as never)).toThrow(TrainError);
    expect(() => buildObjective({ ...objective, ...changes } as never)).toThrow(message);
    expect(() => trainSpec({ ...minimal, objective: changes })).toThrow(`spec.${message}`);
  });
});
