import { createDevice, type Device, random, type Tensor, valueAndGrad } from "@isoflop/tensor";
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
  effectiveWeight,
  linearPath,
  logNoise,
  logNormalSigma,
  logVariance,
  loss,
  type NetworkInputs,
  objective,
  objectiveOn,
  type Path,
  plainInputs,
  type TimestepDensity,
  uncertain,
  uniform,
  unweighted,
  unweightedIn,
  veInputs,
  vePath,
  vpPath,
  type Weighting,
} from "../src/index.js";
import { readFixture, relativeError } from "./fixture.js";
import { type Toy, toyNetwork } from "./toy.js";

/** EDM's code computes in float32, and so rounds as we do. */
const ROUNDING = 4e-6;

/** What a user without types hands over. */
const loose = (value: unknown): never => value as never;

const fixture = readFixture("edm_loss");
const values = (name: string): number[] => Array.from(fixture.get(name)!.data);
const sigmas = values("sigma");
const most = 200;
const path = edmPath({ sigmaMax: most });
const density = logNormalSigma({ mean: -1.2, std: 1.2 });

describe.each(["reference", "wasm"] as const)("on %s", (kind) => {
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
    expect(relativeError(found, values("EDMPrecond.denoised"))).toBeLessThan(ROUNDING);
  });

  test("VP's is a network of noise that reads x_t and t of the vp path", async () => {
    const inputs = carriedInputs({ path: vpPath(), inputs: plainInputs() });
    const found = await denoised(inputs, 0.999, 1, sigmas);
    expect(relativeError(found, values("VPPrecond.denoised"))).toBeLessThan(ROUNDING);
  });

  test("VE's is one of -noise that reads x_t and log(σ / 2)", async () => {
    const found = await denoised(veInputs(), 1, -1, sigmas);
    expect(relativeError(found, values("VEPrecond.denoised"))).toBeLessThan(ROUNDING);
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
    expect(relativeError(found, values("iDDPMPrecond.denoised"))).toBeLessThan(ROUNDING);
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
    expect(relativeError(each, perSample("EDMLoss.loss"))).toBeLessThan(ROUNDING);
    for (const [key, leaf] of Object.entries(gradient) as [string, Tensor][])
      expect(relativeError(await leaf.data(), values(`EDMLoss.grad.${key}`)), key).toBeLessThan(ROUNDING);
  });

  test.each<[name: string, density: TimestepDensity, rises: boolean]>([
    ["VPLoss", densityOn(carried({ path: vpPath(), density: uniform({ from: 1e-5 }) }), path), false],
    ["VELoss", densityOn(carried({ path: vePath(), density: uniform() }), path), true],
  ])("%s is 1 on noise at times of its path", async (name, times, rises) => {
    const at = values("uniform").map((u) => most * times.quantile(rises ? u : 1 - u));
    const { each } = await lossesAt(unweightedIn("noise"), at);
    expect(relativeError(each, perSample(`${name}.loss`))).toBeLessThan(ROUNDING);
  });
});

test("carried densities draw on a device what they draw on the host, from tables too", async () => {
  const device = await createDevice("wasm");
  const shares = [0.05, 0.3, 0.6, 0.95];
  for (const from of [vpPath(), vePath(), discretePath()] as Path[])
    for (const to of [path, discretePath({ schedule: "cosine" })] as Path[]) {
      const aim = objective({ path: to, prediction: "v", density: carried({ path: from, density: uniform() }) });
      const found = await objectiveOn(aim, device).density.quantile(device.tensor(shares)).data();
      shares.forEach((u, i) => {
        expect(found[i]! / aim.density.quantile(u), `${from.name} on ${to.name}`).toBeCloseTo(1, 3);
      });
    }
});

describe("uncertainty", () => {
  test("is 0 before it learns, least where e^u is the loss, and a function of the noise level alone", async () => {
    const device = await createDevice("wasm");
    const net = logVariance({ features: 16, seed: 3 });
    const levels = device.tensor([-2, -1, 0, 1, 2]);
    expect(Array.from(await net.apply(net.init(), levels).data(device))).toEqual([0, 0, 0, 0, 0]);
    const losses = device.tensor([0.5, 1, 2, 4, 8]);
    expect(Array.from(await uncertain(losses, levels.mul(0)).data())).toEqual([0.5, 1, 2, 4, 8]);
    const least = uncertain(losses, losses.log());
    const right = [0.5, 1, 2, 4, 8].map((x) => 1 + Math.log(x));
    (await least.data()).forEach((x, i) => void expect(x).toBeCloseTo(right[i]!, 5));
    // Gradient descent finds the logarithm of the losses.
    let params = { weight: device.tensor(new Float32Array(16), [1, 16]) };
    for (let step = 0; step < 300; step++) {
      const { gradient } = valueAndGrad((p: typeof params) => uncertain(losses, net.apply(p, levels)).mean())(params);
      const weight = params.weight.sub(gradient.weight.mul(0.1));
      params = { weight: device.tensor((await weight.data()) as Float32Array, [1, 16]) };
    }
    const learnt = await net.apply(params, levels).data();
    learnt.forEach((u, i) => void expect(Math.abs(u - Math.log([0.5, 1, 2, 4, 8][i]!))).toBeLessThan(0.1));
    const again = logVariance({ features: 16, seed: 4 }).apply(params, levels);
    expect(await again.data()).not.toEqual(learnt);
  });

  test("is asked at log(σ / alpha), and leaves the loss as it is", async () => {
    const device = await createDevice("wasm");
    const t = device.tensor([0.25, 0.5]);
    for (const [at, ratios] of [
      [edmPath({ sigmaMax: 8 }), [2, 4]],
      [linearPath(), [1 / 3, 1]],
    ] as const)
      (await logNoise(at, t).data()).forEach((x, i) => void expect(x).toBeCloseTo(Math.log(ratios[i]!), 6));
    const aim = objective({ path: linearPath(), prediction: "velocity", density: uniform() });
    const batch = { x: random.normal(random.key(0), [2, 3]), noise: random.normal(random.key(1), [2, 3]), t };
    const of = (given: typeof aim) => loss(given, (x) => x, batch).data();
    expect(await of(objective({ ...aim, uncertainty: {} }))).toEqual(await of(aim));
    expect(() => effectiveWeight(objective({ ...aim, uncertainty: {} }), 0.5)).toThrow("e^u, which is learnt");
    expect(() => logNoise(loose(null), t)).toThrow("logNoise: path");
    expect(() => logNoise(path, loose(3))).toThrow("logNoise: t is 3");
  });

  test("refuses what does not fit", () => {
    expect(() => logVariance({ features: 0 })).toThrow("logVariance.features is 0");
    expect(() => logVariance({ seed: -1 })).toThrow("logVariance.seed is -1");
    const net = logVariance();
    expect(() => net.apply(net.init(), random.normal(random.key(0), [2, 2]))).toThrow("it takes one per sample, [n]");
  });
});

test("no array of the fixture is left unread", () => {
  expect(fixture.unread()).toEqual([]);
});
