import { lossFactor } from "@isoflop/diffusion";
import { kind } from "@isoflop/spec";
import { createDevice, leavesOf, random } from "@isoflop/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  averagedWeights,
  buildObjective,
  type Measurement,
  type MetricInputs,
  measure,
  memoryCheckpoints,
  metricSpec,
  metrics,
  modelOf,
  packTree,
  train,
  trainSpec,
  validate,
} from "../src/index.js";
import { tinyData, tinySpec } from "./tiny.js";

const spec = trainSpec(tinySpec());
const data = tinyData();
const device = await createDevice("wasm", { wasm: { threads: 1 } });
afterAll(() => device.destroy());

let inputs: MetricInputs;
let loss: number;
beforeAll(async () => {
  const store = memoryCheckpoints();
  const { validation, weights } = await train(spec, { device, data, store });
  for (const tensor of leavesOf(weights)) tensor.dispose();
  loss = validation.mean;
  const model = modelOf(spec);
  const { checkpoint } = await store.latest();
  const averaged = averagedWeights(checkpoint!, packTree(model.init(random.key(0))), device);
  inputs = { weights: averaged, spec, model, objective: buildObjective(spec.objective), data, device };
});

describe("the metric validation", () => {
  it("is the run's own validation loss on the run's own split", async () => {
    const measured = await measure(metricSpec({ kind: "validation", images: 64 }), inputs);
    expect(measured).toMatchObject({ value: loss, count: 64 });
  });

  it("is the loss on another split, where it is not the same", async () => {
    const other = data.splits.find((split) => split !== "train" && split !== "validation")!;
    const set = { split: other, images: 128 };
    const measured = await measure(metricSpec({ kind: "validation", ...set }), inputs);
    const { weights, model, objective } = inputs;
    const { mean, stdErr } = await validate(weights, { model, objective, data, device, validation: set });
    expect(measured).toEqual({ value: mean, stdErr, count: 128 });
    expect(mean).not.toBe(loss);
  });

  it("in the run's own objective is its own loss", async () => {
    const own = metricSpec({ kind: "validation", images: 64, objective: spec.objective });
    expect(await measure(own, inputs)).toMatchObject({ value: loss, count: 64 });
  });

  it.each([
    ["another prediction of the same times", { prediction: "noise" }],
    [
      "another path, in the same noise",
      {
        path: "cosine",
        prediction: "v",
        density: { kind: "carried", path: { kind: "linear" }, density: { kind: "logitNormal" } },
      },
    ],
  ] as const)("in another objective it is each sample's loss times what the time makes of it: %s", async (_, parts) => {
    const { weights, model, objective: from } = inputs;
    const asked = metricSpec({ kind: "validation", images: 64, objective: parts } as Parameters<typeof metricSpec>[0]);
    const validation = { split: "validation", images: 64 };
    const { losses, times } = await validate(weights, { model, objective: from, data, device, validation });
    const to = buildObjective(parts);
    const told = Array.from(losses, (value, i) => value * lossFactor({ from, to }, times[i]!));
    const { value } = await measure(asked, inputs);
    expect(value / (told.reduce((sum, one) => sum + one, 0) / told.length)).toBeCloseTo(1, 4);
  });

  it.each([
    [{ preset: "ddpm", variance: "learnedRange" }, 'metric.objective.variance is "learnedRange"; it must be fixed'],
    [{ preset: "ddpm", loss: "kl" }, 'metric.objective.loss is "kl"; it must be "mse"'],
  ])("is refused in an objective that is more than its squared error: %j", (objective, message) => {
    const { kind: _, ...options } = metricSpec({ kind: "validation", images: 64, objective } as never);
    const metric = metrics.build({ kind: "validation", ...options } as never);
    expect(() => metric.check!({ spec, data })).toThrow(message);
  });

  it("never measures what training sees", () => {
    expect(() => metricSpec({ kind: "validation", split: "train" })).toThrow(
      'metric.split is "train"; it must be a split that training never sees',
    );
  });
});

describe("a metric from outside", () => {
  const giving = (name: string, given: Measurement) => {
    metrics.add(kind({ name, options: {}, build: () => ({ measure: async () => given }) }));
    return measure(metricSpec({ kind: name }), inputs);
  };
  it("needs no standard error", async () => {
    expect(await giving("answer", { value: 42, count: 1 })).toEqual({ value: 42, count: 1 });
  });
  it.each<[string, Measurement, string]>([
    ["nan", { value: Number.NaN, count: 1 }, 'the metric "nan".value is NaN; it must be a finite number'],
    ["none", { value: 1, count: 0 }, 'the metric "none".count is 0; it must be a whole number of at least 1'],
  ])("is refused where it gives no number: %s", async (name, given, message) => {
    await expect(giving(name, given)).rejects.toThrow(message);
  });
});
