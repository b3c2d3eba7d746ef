import { createDevice, type Device, leavesOf } from "@isoflop/tensor";
import { expect, it } from "vitest";
import { memoryCheckpoints } from "../../src/checkpoint.js";
import type { TrainSpecInput } from "../../src/spec.js";
import { type StepMetrics, train } from "../../src/train.js";
import { tinyData, tinySpec } from "../tiny.js";

const spec = tinySpec({ steps: 6 });

const run = async (device: Device, store = memoryCheckpoints(), signal?: AbortSignal, onStep = (_: number) => {}) => {
  const metrics: StepMetrics[] = [];
  const { validation, weights } = await train(spec, {
    device,
    data: tinyData(),
    store,
    readEvery: 1,
    ...(signal && { signal }),
    onProgress(progress) {
      metrics.push(...progress.metrics);
      onStep(progress.step);
    },
  });
  for (const tensor of leavesOf(weights)) tensor.dispose();
  return { validation, metrics, arrays: (await store.latest()).checkpoint!.arrays };
};

it("trains on WebGPU as on WebAssembly", async () => {
  using gpu = await createDevice("webgpu");
  using cpu = await createDevice("wasm", { wasm: { threads: 1 } });
  const [a, b] = [await run(gpu), await run(cpu)];
  for (const [i, { loss, gradientNorm }] of a.metrics.entries()) {
    expect(Math.abs(loss / b.metrics[i]!.loss - 1)).toBeLessThan(1e-4);
    expect(Math.abs(gradientNorm / b.metrics[i]!.gradientNorm - 1)).toBeLessThan(1e-3);
  }
  expect(Math.abs(a.validation.mean / b.validation.mean - 1)).toBeLessThan(1e-4);
});

it("resumes on WebGPU bit for bit", async () => {
  using gpu = await createDevice("webgpu");
  const whole = await run(gpu);
  const store = memoryCheckpoints();
  const controller = new AbortController();
  const stopped = run(gpu, store, controller.signal, (step) => step === 3 && controller.abort());
  await expect(stopped).rejects.toThrow("aborted");
  expect((await store.latest()).checkpoint!.step).toBe(3);
  const rest = await run(gpu, store);
  expect(rest.arrays).toEqual(whole.arrays);
  expect(rest.validation).toEqual(whole.validation);
});

it.each<Partial<TrainSpecInput>>([
  { optimizer: { amsgrad: true, groups: [{ match: "*.bias", learningRate: 0.5, weightDecay: 0 }] } },
  {
    optimizer: {
      ...{ kind: "sgd", momentum: 0.9, nesterov: true, learningRate: 0.05 },
      groups: [{ match: "blocks.*", learningRate: 2 }],
    },
  },
  { objective: { preset: "edm2", uncertainty: { features: 8 } } },
])("trains with %j, and tracks averages, on WebGPU as on WebAssembly", async (changes) => {
  using gpu = await createDevice("webgpu");
  using cpu = await createDevice("wasm", { wasm: { threads: 1 } });
  const input = tinySpec({ steps: 4, ...changes, snapshots: { widths: [0.05, 0.2], count: 2 } });
  const averages = async (device: Device): Promise<number[]> => {
    const store = memoryCheckpoints();
    const { weights } = await train(input, { device, data: tinyData(), store });
    for (const tensor of leavesOf(weights)) tensor.dispose();
    const arrays = await Promise.all((await store.snapshots()).map((snapshot) => snapshot.read()));
    return arrays.flatMap((each) => Object.values(each).flatMap(({ data }) => [...data]));
  };
  const [a, b] = [await averages(gpu), await averages(cpu)];
  expect(a.length).toBe(b.length);
  expect(Math.max(...a.map((x, i) => Math.abs(x - b[i]!)))).toBeLessThan(1e-4);
});
