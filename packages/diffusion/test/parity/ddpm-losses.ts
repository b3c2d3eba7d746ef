import { readFileSync } from "node:fs";
import { createDevice, type Device, type Tensor, valueAndGrad } from "@isoflop/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  ddpmInputs,
  denoiser,
  discretePath,
  discreteUniform,
  type LossKind,
  lossTerms,
  objective,
  objectiveOn,
  type Variance,
} from "../../src/index.js";
import { errorOverFair, readFixture } from "../fixture.js";
import { type Toy, toyNetwork } from "../toy.js";

interface Settings {
  readonly learn_sigma?: false;
  readonly sigma_small?: true;
  readonly use_kl?: true;
  readonly rescale_learned_sigmas?: true;
  readonly predict_xstart?: true;
  readonly noise_schedule?: string;
}

export const fixture = readFixture("ddpm_losses");
const { settings } = JSON.parse(readFileSync(new URL("../fixtures/ddpm_losses.json", import.meta.url), "utf8")) as {
  readonly settings: Readonly<Record<string, Settings>>;
};

const aimOf = (asked: Settings) => {
  const { learn_sigma = true, sigma_small, use_kl, rescale_learned_sigmas, predict_xstart, noise_schedule } = asked;
  const variance: Variance = learn_sigma ? "learnedRange" : sigma_small ? "fixedSmall" : "fixedLarge";
  const loss: LossKind = use_kl ? "rescaledKl" : rescale_learned_sigmas ? "rescaledMse" : "mse";
  return objective({
    path: discretePath({ schedule: noise_schedule ? "cosine" : "linear" }),
    prediction: predict_xstart ? "data" : "noise",
    density: discreteUniform(),
    inputs: ddpmInputs(),
    variance,
    loss,
  });
};

/**
 * Losses in eight settings, their terms and gradients are DDPM's.
 * @param slack what is fair beside four times PyTorch's own float32 error, over the peak
 */
export const describeDdpmLosses = (kind: "reference" | "wasm" | "webgpu", slack: number) =>
  describe(`losses, their terms and gradients are DDPM's on ${kind}`, () => {
    let device: Device;
    const given = (name: string): Tensor => {
      const { data, shape } = fixture.get(name)!;
      return device.tensor(data as Float32Array, shape);
    };
    beforeAll(async () => {
      device = await createDevice(kind);
    });
    afterAll(() => device.destroy());

    test.each(Object.entries(settings))("%s", async (name, asked) => {
      const aim = objectiveOn(aimOf(asked), device);
      const which = asked.learn_sigma === false ? "toy_narrow" : "toy";
      const of = (part: string) => given(`${which}.${part}`);
      const toy: Toy = { w1: of("w1"), b1: of("b1"), u: of("u"), w2: of("w2"), b2: of("b2") };
      const t = device.tensor(Array.from(fixture.get("t")!.data, (index) => (index + 1) / 1000));
      const batch = { x: given("x0"), noise: given("noise"), t };
      const { extra, gradient } = valueAndGrad((weights: Toy) => {
        const network = denoiser(aim, (x, time) => toyNetwork(weights, x, time));
        const terms = lossTerms(aim, network, batch);
        return [terms.loss.mean(), terms] as const;
      })(toy);
      const held = async (key: string, tensor: Tensor | undefined): Promise<void> => {
        const wanted = fixture.get(`${name}.${key}`);
        if (!wanted) return;
        expect(errorOverFair(await tensor!.data(), wanted, slack), key).toBeLessThan(1);
      };
      await held("loss", extra.loss);
      await held("mse", extra.squares);
      await held("vb", extra.bound);
      expect([extra.squares !== undefined, extra.bound !== undefined]).toEqual([
        fixture.has(`${name}.mse`),
        asked.use_kl === true || fixture.has(`${name}.vb`),
      ]);
      for (const [key, leaf] of Object.entries(gradient) as [string, Tensor][]) await held(`grad.${key}`, leaf);
    });
  });
