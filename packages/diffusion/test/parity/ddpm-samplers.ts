import { createDevice, type Device, type Tensor } from "@isoflop/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  ancestral,
  type ClipBounds,
  ddim,
  ddpmInputs,
  defineStep,
  denoiser,
  discretePath,
  type Prediction,
  respaced,
  type Solver,
  sampler,
  uniformTimes,
} from "../../src/index.js";
import { errorOverFair, readFixture } from "../fixture.js";
import { type Toy, toyNetwork } from "../toy.js";

export const fixture = readFixture("ddpm_samplers");
interface Walk {
  readonly prediction?: Prediction;
  readonly learned?: boolean;
  readonly clip?: ClipBounds;
  readonly spacing: string;
  readonly times?: readonly number[];
}

/** A solver that stops at what the network takes for data. */
const told: Solver = {
  name: "told",
  step: () =>
    defineStep({
      reads: "data",
      times: ({ from }) => [from.t],
      numbers: () => ({}),
      advance: ({ x, ask }) => ({ x: ask(x, 0) }),
    }),
};

/**
 * DDPM's and DDIM's samplers draw what their code draws.
 * @param slack what is fair beside four times PyTorch's own float32 error, over the peak
 */
export const describeDdpmSamplers = (kind: "wasm" | "webgpu", slack: number) =>
  describe(`samplers on ${kind}`, () => {
    let device: Device;
    beforeAll(async () => {
      device = await createDevice(kind);
    });
    afterAll(() => device.destroy());
    const tensor = (name: string): Tensor => {
      const { shape, data } = fixture.get(name)!;
      return device.tensor(data as Float32Array, shape);
    };
    const toy = (name: string): Toy =>
      Object.fromEntries(
        ["w1", "b1", "u", "w2", "b2"].map((part) => [part, tensor(`${name}.${part}`)]),
      ) as unknown as Toy;
    /** The draws of DDPM's loop, from the noisiest step. */
    const drawsOf = () =>
      Array.from({ length: 10 }, (_, i) =>
        device.tensor((fixture.get("noise")!.data as Float32Array).slice(i * 512, (i + 1) * 512), [2, 4, 8, 8]),
      );

    /** The states after each step, one after another, and the data that each step took for true. */
    const walked = async (solver: Solver, { prediction = "noise", learned = true, clip, spacing, times }: Walk) => {
      const path = respaced(discretePath(), spacing);
      const reading = { path: path.on(device), prediction, ...(learned && { variance: "learnedRange" as const }) };
      const network = denoiser({ path: reading.path, inputs: ddpmInputs() }, (x: Tensor, t: Tensor, weights: Toy) =>
        toyNetwork(weights, x, t),
      );
      const how = { objective: reading, device, ...(clip && { clip }) };
      using drawn = sampler(network, { ...how, solver });
      using asked = sampler(network, { ...how, solver: told });
      const weights = learned ? toy("toy") : toy("toy_narrow");
      const stops = times ?? uniformTimes(path.steps);
      const [seen, data]: [number[], number[]] = [[], []];
      const draws = drawsOf();
      const out = await drawn.run(weights, {
        start: tensor("start"),
        times: stops,
        key: (step) => [draws[step]!],
        async onStep({ x }) {
          seen.push(...(await x.data()));
        },
      });
      out.dispose();
      for (const step of stops.slice(1).keys()) {
        const size = tensor("start").size;
        const from =
          step === 0 ? tensor("start") : device.tensor(seen.slice((step - 1) * size, step * size), [2, 4, 8, 8]);
        using found = await asked.run(weights, { start: from, times: stops.slice(step, step + 2) });
        data.push(...(await found.data()));
      }
      return { seen, data };
    };

    const fair = async (name: string, walk: ReturnType<typeof walked>) => {
      const { seen, data } = await walk;
      expect(errorOverFair(seen, fixture.get(`${name}.samples`)!, slack), name).toBeLessThan(1);
      const taken = fixture.get(`${name}.pred_xstart`);
      if (taken) expect(errorOverFair(data, taken, slack), `${name}, data`).toBeLessThan(1);
    };

    describe("DDPM's ancestral sampling, ten of a thousand steps", () => {
      test.each<[string, Prediction, "fixedSmall" | "fixedLarge" | "learnedRange"]>([
        ["eps_learned_range", "noise", "learnedRange"],
        ["eps_fixed_large", "noise", "fixedLarge"],
        ["eps_fixed_small_kl", "noise", "fixedSmall"],
        ["x0_learned_range", "data", "learnedRange"],
      ])("%s", async (name, prediction, variance) => {
        const how = { prediction, learned: variance === "learnedRange", spacing: "10" };
        await fair(`ddpm.${name}.free`, walked(ancestral({ variance }), how));
        await fair(`ddpm.${name}.clipped`, walked(ancestral({ variance }), { ...how, clip: [-1, 1] }));
      });
    });

    test("the variance that a network learns is sampled with where none is told, and else the posterior's", async () => {
      const [learned, fixed] = [{ spacing: "10" }, { spacing: "10", learned: false }];
      const seen = async (...asked: Parameters<typeof walked>) => (await walked(...asked)).seen;
      expect(await seen(ancestral(), learned)).toEqual(await seen(ancestral({ variance: "learnedRange" }), learned));
      expect(await seen(ancestral(), fixed)).toEqual(await seen(ancestral({ variance: "fixedSmall" }), fixed));
    });

    describe("DDIM", () => {
      test.each([0, 0.5, 1])("of eta %d", async (eta) => {
        await fair(`ddim.eta_${eta.toFixed(1)}`, walked(ddim({ eta }), { spacing: "ddim10" }));
      });

      test("backwards, from data to noise", async () => {
        const times = Array.from({ length: 10 }, (_, i) => (i + 1) / 10);
        await fair("ddim_reverse", walked(ddim(), { spacing: "ddim10", times }));
      });
    });
  });
