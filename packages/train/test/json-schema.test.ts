import { describe, expect, it } from "vitest";
import { type TrainSpecInput, trainJsonSchema, trainSpec } from "../src/spec.js";
import { defaultsOf, fits } from "./json-schema.js";
import { tinyModel, tinySpec } from "./tiny.js";

const schema = trainJsonSchema();
const minimal = { model: tinyModel(), steps: 10 };

describe("the JSON Schema of a spec", () => {
  it("takes what one writes, and what it becomes", () => {
    for (const input of [minimal, tinySpec()]) {
      expect(fits(input, schema)).toBe(true);
      expect(fits(JSON.parse(JSON.stringify(trainSpec(input))), schema)).toBe(true);
    }
    const objective = {
      path: { kind: "vp", betaMax: 12 },
      weighting: { kind: "minSnr" },
      density: { kind: "shifted", by: 3, density: { kind: "mode" } },
    };
    expect(fits({ ...minimal, objective }, schema)).toBe(true);
    const groups = [{ match: "*.bias", weightDecay: 0 }];
    for (const optimizer of [
      { kind: "adamw", groups },
      { kind: "sgd", momentum: 0.9, nesterov: true, groups },
      { kind: "rmsprop", shape: { kind: "inverseSqrt", from: 100 } },
    ]) {
      const input = { ...minimal, optimizer, snapshots: { widths: [0.05] } } as const;
      expect(fits(input, schema), optimizer.kind).toBe(true);
      expect(fits(JSON.parse(JSON.stringify(trainSpec(input as TrainSpecInput))), schema)).toBe(true);
    }
  });

  it("has every default", () => {
    const { model: _, steps: __, ...filled } = trainSpec({ ...minimal });
    // Of a part by name the default is the record as one writes it; trainSpec adds the part's own defaults.
    expect(filled).toMatchObject(defaultsOf(schema));
    expect(Object.keys(defaultsOf(schema)).sort()).toEqual(Object.keys(filled).sort());
    const { objective, optimizer, validation } = defaultsOf(schema) as Record<string, object>;
    expect(Object.keys(objective!)).toEqual(Object.keys(filled.objective));
    expect(Object.keys(optimizer!)).toEqual(Object.keys(filled.optimizer));
    expect(Object.keys(validation!)).toEqual(Object.keys(filled.validation));
  });

  it.each<[string, object]>([
    ["a mistyped key", { optimiser: {} }],
    ["a mistyped key inside", { optimizer: { learningrate: 1 } }],
    ["a mistyped model key", { model: { ...tinyModel(), widht: 8 } }],
    ["a fraction of a step", { steps: 1.5 }],
    ["no steps", { steps: 0 }],
    ["a text for a number", { batch: "16" }],
    ["a rate of nothing", { optimizer: { learningRate: 0 } }],
    ["a beta of 1", { optimizer: { beta1: 1 } }],
    ["a mistyped choice", { optimizer: { shape: "liner" } }],
    ["an optimizer of another name", { optimizer: { kind: "adamm" } }],
    ["another optimizer's option", { optimizer: { kind: "sgd", beta1: 0.9 } }],
    ["a group of none", { optimizer: { groups: [{ weightDecay: 0 }] } }],
    ["a group's mistyped factor", { optimizer: { groups: [{ match: "*", weightdecay: 0 }] } }],
    ["snapshots of no width", { snapshots: { widths: [] } }],
    ["snapshots wider than any", { snapshots: { widths: [0.5] } }],
    ["snapshots by another name", { snapshots: { every: 3 } }],
    ["a conditioning of another name", { model: { ...tinyModel(), conditioning: "cross" } }],
    ["a path of another name", { objective: { path: "liner" } }],
    ["a path's option out of range", { objective: { path: { kind: "vp", betaMin: 0 } } }],
    ["a prediction of another name", { objective: { prediction: "epsilon" } }],
    ["a weighting of another name", { objective: { weighting: { kind: "snr" } } }],
    ["a weighting's option of another name", { objective: { weighting: { kind: "minSnr", gama: 1 } } }],
    ["a density out of range", { objective: { density: { kind: "mode", scale: 3 } } }],
    ["a density without what it needs", { objective: { density: { kind: "shifted" } } }],
    ["an average wider than any", { averaging: { kind: "power", width: 0.5 } }],
    ["validation on what training sees", { validation: { split: "train" } }],
    ["a ragged validation set", { validation: { images: 100 } }],
    ["a share above 1", { captionDropout: 1.5 }],
  ])("refuses %s, as trainSpec does", (_, changes) => {
    const input = { ...minimal, ...changes };
    expect(fits(input, schema)).toBe(false);
    expect(() => trainSpec(input as never)).toThrow();
  });
});
