import { discretePath, objective, uniform, variationalBound } from "@isoflop/diffusion";
import { createDevice, leavesOf, random } from "@isoflop/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  buildObjective,
  type MetricInputs,
  measure,
  metricSpec,
  modelOf,
  setupFor,
  trainSpec,
  uploadCaptions,
} from "../src/index.js";
import { bestNetwork, independent, linearGaussian, nats } from "./linear-gaussian.js";
import { tinyData, tinySpec } from "./tiny.js";

const spec = trainSpec(tinySpec());
const data = tinyData();
const device = await createDevice("wasm", { wasm: { threads: 1 } });
afterAll(() => device.destroy());

let inputs: MetricInputs;
beforeAll(() => {
  const model = modelOf(spec);
  const weights = model.init(random.key(1));
  device.evaluate(weights);
  inputs = { weights, spec, model, objective: buildObjective(spec.objective), data, device };
});
afterAll(() => {
  for (const tensor of leavesOf(inputs.weights)) tensor.dispose();
});

/** A model that counts how often it is traced. */
const counting = (model: MetricInputs["model"]) => {
  let times = 0;
  const apply: typeof model.apply = (...given) => {
    times++;
    return model.apply(...given);
  };
  return { network: { ...model, apply }, asked: () => times };
};

const block = data.batch("validation", 0, 64);
const dimensions = block.images.length / 64;

describe("the metric nll", () => {
  it("of a model that has learnt nothing, whose flow stays, is that of a standard normal", async () => {
    const measured = await measure(metricSpec({ kind: "nll", images: 64, steps: 2, dequantization: "none" }), inputs);
    const squares = block.images.reduce((sum, value) => sum + value * value, 0) / block.images.length;
    expect(measured.value).toBeCloseTo((squares / 2 + Math.log(2 * Math.PI) / 2) / Math.LN2, 5);
    expect(measured.count).toBe(64);
    expect(measured.stdErr).toBeGreaterThan(0);
  });

  it("leaves nothing on the device, and is the same again", async () => {
    const asked = metricSpec({ kind: "nll", images: 128, steps: 2, dequantization: "none", probes: 2 });
    const first = await measure(asked, inputs);
    const { buffers } = device.memory;
    expect(await measure(asked, inputs)).toEqual(first);
    expect(device.memory.buffers).toBe(buffers);
  });
});

describe("nll and vlb of the network that knows its data's law", () => {
  const exactData = linearGaussian(independent);
  const setup = { ...setupFor(exactData, { patch: 4 }), width: 8, depth: 1, heads: 1 };
  const exactSpec = trainSpec({ model: setup, steps: 1 });
  const flow = buildObjective("rectifiedFlow");
  const model = bestNetwork(flow, device, independent);
  const exact = () =>
    ({
      weights: model.init(random.key(0)),
      spec: exactSpec,
      model,
      objective: flow,
      data: exactData,
      device,
    }) as unknown as MetricInputs;

  /** Bits per dimension of the held-out images, by their normal law. */
  const expected = (images: number): number => {
    const { images: pixels, captions } = exactData.batch("validation", 0, images);
    let sum = 0;
    for (let i = 0; i < images; i++) sum += nats(pixels.subarray(16 * i, 16 * (i + 1)), captions[i]!, independent);
    return sum / images / 16 / Math.LN2;
  };

  it("nll is the law's, to the error of its solver", async () => {
    // The Jacobian is diagonal, so that probes of signs find its trace exactly: all that errs is the solver.
    const off = async (steps: number): Promise<number> => {
      const asked = metricSpec({ kind: "nll", images: 64, steps, dequantization: "none" });
      return Math.abs((await measure(asked, exact())).value - expected(64));
    };
    const [coarse, fine] = [await off(256), await off(1024)];
    // Heun's is of second order.
    expect(fine).toBeLessThan(coarse / 12);
    expect(fine).toBeLessThan(1e-3);
  });

  it("vlb is above it by no more than its decoder and its draws cost", async () => {
    const asked = metricSpec({ kind: "vlb", images: 128, strata: 32, draws: 2, decoder: "gaussian" });
    const { value, stdErr } = await measure(asked, exact());
    expect(value).toBeGreaterThan(expected(128) - 3 * stdErr!);
  });
});

describe.each(["ddpm", "edm"] as const)("of a model trained as %s", (name) => {
  it("nll and vlb have numbers, of the network with its inputs and in whatever time it is asked", async () => {
    const given = trainSpec(tinySpec({ objective: name }));
    const [model, aim] = [modelOf(given), buildObjective(given.objective)];
    for (const kind of ["nll", "vlb"] as const) {
      const asked = kind === "nll" ? { kind, steps: 8, dequantization: "none" } : { kind, decoder: "gaussian" };
      const metric = metricSpec({ ...asked, images: 64 } as Parameters<typeof metricSpec>[0]);
      const { value } = await measure(metric, { ...inputs, spec: given, model, objective: aim });
      expect(value, kind).toBeGreaterThan(0);
      expect(value, kind).toBeLessThan(30);
    }
  });
});

describe("the metric vlb", () => {
  it("is the bound of the package that has it", async () => {
    const measured = await measure(metricSpec({ kind: "vlb", images: 64, strata: 4, decoder: "gaussian" }), inputs);
    const { model, objective, weights } = inputs;
    const captions = uploadCaptions(device, data, block, 64, model.reads);
    using bound = variationalBound((x, t) => model.apply(weights, x, t, captions), { objective, strata: 4, device });
    const x = device.tensor(block.images, [64, ...data.shape]);
    const { nats, standardError } = await bound.run(null, { x, key: random.key(8), draws: 4 });
    const mean = nats.reduce((sum, value) => sum + value, 0) / 64 / dimensions / Math.LN2;
    expect(standardError).toHaveLength(64);
    expect(Math.abs(mean - measured.value)).toBeLessThan(5 * measured.stdErr!);
    for (const tensor of [x, ...leavesOf(captions)]) tensor.dispose();
  });
});

describe("the metric vlb of a process of steps", () => {
  it("asks at its steps, whatever the strata", async () => {
    const path = discretePath({ schedule: "cosine", steps: 6 });
    const { network, asked } = counting(inputs.model);
    const given = {
      ...inputs,
      model: network,
      objective: objective({ path, prediction: "noise", density: uniform() }),
    };
    const metric = metricSpec({ kind: "vlb", images: 64, process: "discrete", decoder: "gaussian", draws: 2 });
    const { value, stdErr } = await measure(metric, given);
    expect(value).toBeGreaterThan(0);
    expect(stdErr).toBeGreaterThan(0);
    // Two programs, each traced once: the steps, and the decoder.
    expect(asked()).toBe(2);
  });
});

describe("of pictures on the levels of bytes", () => {
  const bytes: MetricInputs["data"] = {
    ...data,
    batch(...asked) {
      const { images, ...rest } = data.batch(...asked);
      return { ...rest, images: images.map((value) => Math.round((value + 1) * 127.5) / 127.5 - 1) };
    },
  };

  it("nll and vlb are bits of a code", async () => {
    const of = async (asked: Parameters<typeof metricSpec>[0]) =>
      (await measure(metricSpec(asked), { ...inputs, data: bytes })).value;
    const set = { kind: "nll", images: 64, steps: 2 } as const;
    const density = await of({ ...set, dequantization: "none" });
    // log2 of 127.5, and what the noise within a level adds to the squares: next to nothing.
    expect((await of(set)) - density).toBeCloseTo(Math.log2(127.5), 3);
    // A normal that is cut at three deviations has so much less entropy than the level is wide, all lost on a density that is flat there.
    const lost = Math.log2(6 / Math.sqrt(2 * Math.PI * Math.E));
    const cut = await of({ ...set, dequantization: "truncatedNormal" });
    expect(cut - density).toBeCloseTo(Math.log2(127.5) + lost, 1);
    const bound = { kind: "vlb", images: 64, strata: 4 } as const;
    expect(await of(bound)).toBeGreaterThan(await of({ ...bound, decoder: "gaussian" }));
  });

  it("of other pictures they have no number, and say what would be right", async () => {
    for (const kind of ["nll", "vlb"] as const)
      await expect(measure(metricSpec({ kind, images: 64 }), inputs)).rejects.toThrow(
        /x holds a number that is .* levels off one; .* take dequantization "none" and the decoder "gaussian"/,
      );
  });
});

describe("what is no metric is named", () => {
  it.each<[string, object, string]>([
    ["no probe", { kind: "nll", probes: 0 }, "metric.probes is 0; it must be a whole number of at least 1"],
    ["no step", { kind: "nll", steps: 0 }, "metric.steps is 0"],
    [
      "a dequantization",
      { kind: "nll", dequantization: "normal" },
      'metric.dequantization is "normal"; it must be one of "none", "uniform", "truncatedNormal"',
    ],
    ["the training split", { kind: "vlb", split: "train" }, "metric.split is"],
    [
      "a decoder",
      { kind: "vlb", decoder: "pixels" },
      'metric.decoder is "pixels"; it must be one of "levels", "gaussian"',
    ],
    ["a process", { kind: "vlb", process: "steps" }, 'metric.process is "steps"'],
  ])("%s", (_, asked, message) => {
    expect(() => metricSpec(asked as never)).toThrow(message);
  });

  it("steps of a path that has none", async () => {
    const asked = metricSpec({ kind: "vlb", images: 64, process: "discrete", decoder: "gaussian" });
    await expect(measure(asked, inputs)).rejects.toThrow("the linear path has no steps of its own");
  });
});
