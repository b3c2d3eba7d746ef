import { createDevice, type Device, type Tensor, valueAndGrad } from "@isoflop/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  carried,
  carriedInputs,
  convert,
  ddpmInputs,
  denoiser,
  densityOn,
  discretePath,
  edmInputs,
  edmPath,
  logNormalSigma,
  loss,
  type NetworkInputs,
  objective,
  plainInputs,
  type TimestepDensity,
  uniform,
  unweighted,
  unweightedIn,
  veInputs,
  vePath,
  vpPath,
  type Weighting,
} from "../../src/index.js";
import { readFixture, relativeError } from "../fixture.js";
import { type Toy, toyNetwork } from "../toy.js";

export const fixture = readFixture("edm_loss");
const values = (name: string): number[] => Array.from(fixture.get(name)!.data);
const sigmas = values("sigma");
const most = 200;
export const path = edmPath({ sigmaMax: most });
const density = logNormalSigma({ mean: -1.2, std: 1.2 });

/**
 * EDM's preconditionings, losses and gradients.
 * @param rounding over the peak; EDM's code computes in float32, and so rounds as we do
 */
export const describeEdmLosses = (kind: "reference" | "wasm" | "webgpu", rounding: number) =>
  describe(`EDM's on ${kind}`, () => {
    let device: Device;
    const given = (name: string): Tensor => {
      const { data, shape } = fixture.get(name)!;
      return device.tensor(data as Float32Array, shape);
    };
    const toyOf = (which = "toy"): Toy => {
      const of = (part: string) => given(`${which}.${part}`);
      return { w1: of("w1"), b1: of("b1"), u: of("u"), w2: of("w2"), b2: of("b2") };
    };
    beforeAll(async () => {
      device = await createDevice(kind);
    });
    afterAll(() => device.destroy());

    /** D(x σ; σ) of a network that says noise, or its negative, told its time as EDM's code tells it. */
    const denoised = async (inputs: NetworkInputs, timeScale: number, sign: 1 | -1, at: readonly number[]) => {
      const t = device.tensor(at.map((sigma) => sigma / most));
      const xt = given("x").mul(device.tensor(sigmas).reshape([6, 1, 1, 1]));
      const network = (x: Tensor, time: Tensor): Tensor => toyNetwork(toyOf(), x, time.mul(timeScale)).mul(sign);
      const noise = denoiser({ path, inputs: inputs.on?.(device) ?? inputs }, network)(xt, t);
      return convert(path, { from: "noise", to: "data" }, noise, xt, t.reshape([6, 1, 1, 1])).data();
    };

    test("EDM's preconditioning is its prediction with its inputs", async () => {
      const t = device.tensor(sigmas.map((sigma) => sigma / most));
      const xt = given("x").mul(device.tensor(sigmas).reshape([6, 1, 1, 1]));
      const said = denoiser({ path, inputs: edmInputs() }, (x, time) => toyNetwork(toyOf(), x, time))(xt, t);
      const found = await convert(path, { from: "F", to: "data" }, said, xt, t.reshape([6, 1, 1, 1])).data();
      expect(relativeError(found, values("EDMPrecond.denoised"))).toBeLessThan(rounding);
    });

    test("VP's is a network of noise that reads x_t and t of the vp path", async () => {
      const inputs = carriedInputs({ path: vpPath(), inputs: plainInputs() });
      const found = await denoised(inputs, 0.999, 1, sigmas);
      expect(relativeError(found, values("VPPrecond.denoised"))).toBeLessThan(rounding);
    });

    test("VE's is one of -noise that reads x_t and log(σ / 2)", async () => {
      const found = await denoised(veInputs(), 1, -1, sigmas);
      expect(relativeError(found, values("VEPrecond.denoised"))).toBeLessThan(rounding);
    });

    test("iDDPM's is one of noise of the discrete cosine path, which EDM's code rounds to its steps", async () => {
      const process = discretePath({ schedule: "cosine" });
      const ratios = values("iDDPMPrecond.u").slice(0, -1).reverse();
      process.indices.forEach((i) => {
        const { alpha, sigma } = process.at((i + 1) / 1000);
        const ratio = (sigma as number) / (alpha as number);
        // Near data EDM's code, in float32, has few digits of a product of almost 1 less 1.
        expect(Math.abs(ratio / ratios[i]! - 1)).toBeLessThan(1e-5 + 2e-7 / ratio ** 2);
      });
      const there = process.on(device);
      const told = carriedInputs({ path: there, inputs: ddpmInputs() });
      const rounded = values("iDDPMPrecond.rounded_sigma").map(
        (sigma) => Math.round(process.timeAt(sigma) * 1000) / 1000,
      );
      const steps = device.tensor(rounded);
      // Scaled for the σ that x has, and told of the step that is nearest to it.
      const inputs: NetworkInputs = {
        name: "rounded",
        at: (m, c, t) => ({
          scale: told.at(m, c, t).scale,
          time: ddpmInputs().at(m, there.at(steps) as never, steps as never).time as never,
        }),
      };
      const t = device.tensor(sigmas.map((sigma) => sigma / most));
      const xt = given("x").mul(device.tensor(sigmas).reshape([6, 1, 1, 1]));
      const said = denoiser({ path, inputs }, (x, time) => toyNetwork(toyOf("toy_wide"), x, time))(xt, t);
      const noise = said.slice([null, { stop: 4 }]) as Tensor;
      const found = await convert(path, { from: "noise", to: "data" }, noise, xt, t.reshape([6, 1, 1, 1])).data();
      expect(relativeError(found, values("iDDPMPrecond.denoised"))).toBeLessThan(rounding);
    });

    /** Losses at σ by EDM's prediction and inputs, per sample, and the gradients of their sum over elements per image. */
    const lossesAt = async (weighting: Weighting, at: readonly number[]) => {
      const aim = objective({ path, prediction: "F", weighting, density, inputs: edmInputs() });
      const batch = { x: given("images"), noise: given("noise"), t: device.tensor(at.map((sigma) => sigma / most)) };
      const { extra, gradient } = valueAndGrad((weights: Toy) => {
        const each = loss(
          aim,
          denoiser(aim, (x, time) => toyNetwork(weights, x, time)),
          batch,
        );
        return [each.mean().mul(256), each] as const;
      })(toyOf());
      return { each: await extra.data(), gradient };
    };
    const perSample = (name: string): number[] =>
      sigmas.map(
        (_, i) =>
          values(name)
            .slice(i * 256, (i + 1) * 256)
            .reduce((sum, x) => sum + x, 0) / 256,
      );

    test("EDM's loss is 1 on F, with its gradients", async () => {
      const at = values("EDMLoss.level").map((level) => Math.exp(-1.2 + 1.2 * level));
      const { each, gradient } = await lossesAt(unweighted(), at);
      expect(relativeError(each, perSample("EDMLoss.loss"))).toBeLessThan(rounding);
      for (const [key, leaf] of Object.entries(gradient) as [string, Tensor][])
        expect(relativeError(await leaf.data(), values(`EDMLoss.grad.${key}`)), key).toBeLessThan(rounding);
    });

    test.each<[name: string, density: TimestepDensity, rises: boolean]>([
      ["VPLoss", densityOn(carried({ path: vpPath(), density: uniform({ from: 1e-5 }) }), path), false],
      ["VELoss", densityOn(carried({ path: vePath(), density: uniform() }), path), true],
    ])("%s is 1 on noise at times of its path", async (name, times, rises) => {
      const at = values("uniform").map((u) => most * times.quantile(rises ? u : 1 - u));
      const { each } = await lossesAt(unweightedIn("noise"), at);
      expect(relativeError(each, perSample(`${name}.loss`))).toBeLessThan(rounding);
    });
  });
