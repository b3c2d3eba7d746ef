import { createDevice, type Device, leavesOf, random } from "@isoflop/tensor";
import { expect, it } from "vitest";
import {
  averagedWeights,
  buildObjective,
  type Checkpoint,
  drawPictures,
  type MetricInputs,
  measure,
  memoryCheckpoints,
  metricSpec,
  modelOf,
  packTree,
  train,
  trainSpec,
  usualSampling,
} from "../../src/index.js";
import { tinyData, tinySpec } from "../tiny.js";

const spec = trainSpec(tinySpec({ steps: 8, optimizer: { learningRate: 0.02 } }));
const data = tinyData();

/** How far the rounding of a backend may move a value of a picture of four steps, and a distance of its features. */
const TOLERANCE = { pixel: 2e-4, distance: 1e-3 };

const inputsOn = (device: Device, checkpoint: Checkpoint): MetricInputs => {
  const model = modelOf(spec);
  const weights = averagedWeights(checkpoint, packTree(model.init(random.key(0))), device);
  return { weights, spec, model, objective: buildObjective(spec.objective), data, device };
};

it("pictures and their distances on WebGPU are those on WebAssembly, within rounding", async () => {
  using gpu = await createDevice("webgpu");
  using cpu = await createDevice("wasm", { wasm: { threads: 1 } });
  const store = memoryCheckpoints();
  const { weights } = await train(spec, { device: cpu, data, store });
  for (const tensor of leavesOf(weights)) tensor.dispose();
  const { checkpoint } = await store.latest();
  const [here, there] = [inputsOn(cpu, checkpoint!), inputsOn(gpu, checkpoint!)];
  const draw = async (inputs: MetricInputs, batch: number): Promise<Float32Array> => {
    const parts: number[] = [];
    const sampling = { ...usualSampling, steps: 4, guidance: 2 };
    for await (const part of drawPictures(inputs, sampling, { first: 0, count: 6, batch })) parts.push(...part);
    return Float32Array.from(parts);
  };
  const [onCpu, onGpu] = [await draw(here, 6), await draw(there, 6)];
  const off = onCpu.reduce((most, value, i) => Math.max(most, Math.abs(value - onGpu[i]!)), 0);
  expect(off).toBeLessThan(TOLERANCE.pixel);
  // On one backend they are the same to the bit, whatever is computed at once.
  expect(await draw(there, 4)).toEqual(onGpu);
  for (const kind of ["kid", "fd"] as const) {
    const asked = metricSpec({ kind, extractor: { kind: "pixels", size: 4 }, count: 64, steps: 4 });
    const [one, other] = [await measure(asked, here), await measure(asked, there)];
    expect(Math.abs(other.value / one.value - 1), kind).toBeLessThan(TOLERANCE.distance);
  }
});
