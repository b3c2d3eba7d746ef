import { createDevice, type Device, leavesOf } from "@isoflop/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  buildObjective,
  type Drawn,
  drawPictures,
  type MetricInputs,
  metricSpec,
  modelOf,
  train,
  trainSpec,
  usualSampling,
} from "../src/index.js";
import { tinyData, tinySpec } from "./tiny.js";

type Asked = Parameters<typeof metricSpec>[0];

const alone = await createDevice("wasm", { wasm: { threads: 1 } });
const two = await createDevice("wasm", { wasm: { threads: 2 } });
afterAll(() => {
  alone.destroy();
  two.destroy();
});

const spec = trainSpec(tinySpec({ steps: 6, optimizer: { learningRate: 0.02 } }));
const data = tinyData();

/** Trained on one device and on the other: the weights are the same to the bit too. */
const inputsOn = new Map<Device, MetricInputs>();
beforeAll(async () => {
  for (const device of [alone, two]) {
    const { weights } = await train(spec, { device, data });
    const objective = buildObjective(spec.objective);
    inputsOn.set(device, { weights, spec, model: modelOf(spec), objective, data, device });
  }
});
afterAll(() => {
  for (const { weights } of inputsOn.values()) for (const tensor of leavesOf(weights)) tensor.dispose();
});

const draw = async (on: Device, sampler: string, how: Drawn): Promise<Float32Array> => {
  const { sampler: record } = metricSpec({ kind: "kid", extractor: "pixels", sampler } as Asked) as never;
  const sampling = { ...usualSampling, sampler: record, guidance: 2, steps: 4 };
  const parts: number[] = [];
  for await (const part of drawPictures(inputsOn.get(on)!, sampling, how)) parts.push(...part);
  return Float32Array.from(parts);
};

describe("pictures of a trained transformer", () => {
  it.each(["heun", "eulerMaruyama"])(
    "are equal to the bit for any batch and number of threads, and for any part of them: %s",
    async (sampler) => {
      const whole = await draw(alone, sampler, { first: 0, count: 9 });
      const size = whole.length / 9;
      expect(whole.some((value) => Math.abs(value) < 1)).toBe(true);
      for (const batch of [1, 4])
        expect(await draw(alone, sampler, { first: 0, count: 9, batch }), `batch ${batch}`).toEqual(whole);
      expect(await draw(two, sampler, { first: 0, count: 9 }), "two threads").toEqual(whole);
      expect(await draw(alone, sampler, { first: 5, count: 3, batch: 2 }), "a part").toEqual(
        whole.slice(5 * size, 8 * size),
      );
    },
  );
});
