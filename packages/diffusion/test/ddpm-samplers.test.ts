import { createDevice, type Tensor } from "@isoflop/tensor";
import { describe, expect, test } from "vitest";
import {
  ancestral,
  type ClipBounds,
  ddim,
  ddpmInputs,
  denoiser,
  discretePath,
  type Prediction,
  respaced,
  type Solver,
  sampler,
  uniformTimes,
} from "../src/index.js";
import { errorOverFair, readFixture } from "./fixture.js";
import { type Toy, toyNetwork } from "./toy.js";

const fixture = readFixture("ddpm_samplers");
const device = await createDevice("wasm");
const tensor = (name: string): Tensor => {
  const { shape, data } = fixture.get(name)!;
  return device.tensor(data as Float32Array, shape);
};
const toy = (name: string): Toy =>
  Object.fromEntries(["w1", "b1", "u", "w2", "b2"].map((part) => [part, tensor(`${name}.${part}`)])) as unknown as Toy;
const toys = { learned: toy("toy"), fixed: toy("toy_narrow") };
/** The draws of DDPM's loop, from the noisiest step. */
const draws = Array.from({ length: 10 }, (_, i) =>
  device.tensor((fixture.get("noise")!.data as Float32Array).slice(i * 512, (i + 1) * 512), [2, 4, 8, 8]),
);

interface Walk {
  readonly prediction?: Prediction;
  readonly learned?: boolean;
  readonly clip?: ClipBounds;
  readonly spacing: string;
  readonly times?: readonly number[];
}

/** The states after each step, one after another. */
const states = async (solver: Solver, { prediction = "noise", learned = true, clip, spacing, times }: Walk) => {
  const path = respaced(discretePath(), spacing);
  const reading = { path: path.on(device), prediction, ...(learned && { variance: "learnedRange" as const }) };
  const network = denoiser({ path: reading.path, inputs: ddpmInputs() }, (x: Tensor, t: Tensor, weights: Toy) =>
    toyNetwork(weights, x, t),
  );
  using drawn = sampler(network, { objective: reading, solver, device, ...(clip && { clip }) });
  const seen: number[] = [];
  const out = await drawn.run(learned ? toys.learned : toys.fixed, {
    start: tensor("start"),
    times: times ?? uniformTimes(path.steps),
    key: (step) => [draws[step]!],
    async onStep({ x }) {
      seen.push(...(await x.data()));
    },
  });
  out.dispose();
  return seen;
};

const fair = (seen: readonly number[], name: string) =>
  expect(errorOverFair(seen, fixture.get(name)!, 1e-6), name).toBeLessThan(1);

describe("DDPM's ancestral sampling, ten of a thousand steps", () => {
  test.each<[string, Prediction, "fixedSmall" | "fixedLarge" | "learnedRange"]>([
    ["eps_learned_range", "noise", "learnedRange"],
    ["eps_fixed_large", "noise", "fixedLarge"],
    ["eps_fixed_small_kl", "noise", "fixedSmall"],
    ["x0_learned_range", "data", "learnedRange"],
  ])("%s", async (name, prediction, variance) => {
    const how = { prediction, learned: variance === "learnedRange", spacing: "10" };
    fair(await states(ancestral({ variance }), how), `ddpm.${name}.free.samples`);
    fair(await states(ancestral({ variance }), { ...how, clip: [-1, 1] }), `ddpm.${name}.clipped.samples`);
  });
});

test("the variance that a network learns is sampled with where none is told, and else the posterior's", async () => {
  const [learned, fixed] = [{ spacing: "10" }, { spacing: "10", learned: false }];
  expect(await states(ancestral(), learned)).toEqual(await states(ancestral({ variance: "learnedRange" }), learned));
  expect(await states(ancestral(), fixed)).toEqual(await states(ancestral({ variance: "fixedSmall" }), fixed));
});

describe("DDIM", () => {
  test.each([0, 0.5, 1])("of eta %d", async (eta) => {
    fair(await states(ddim({ eta }), { spacing: "ddim10" }), `ddim.eta_${eta.toFixed(1)}.samples`);
  });

  test("backwards, from data to noise", async () => {
    const times = Array.from({ length: 10 }, (_, i) => (i + 1) / 10);
    fair(await states(ddim(), { spacing: "ddim10", times }), "ddim_reverse.samples");
  });
});
