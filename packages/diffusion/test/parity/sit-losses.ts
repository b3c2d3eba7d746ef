import { createDevice, type Device, neg, type Tensor, valueAndGrad } from "@isoflop/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  cosinePath,
  fromSiT,
  likelihoodWeighting,
  linearPath,
  loss,
  objective,
  type Path,
  type Prediction,
  uniform,
  unweighted,
  unweightedIn,
  vpPath,
  type Weighting,
} from "../../src/index.js";
import { errorOverFair, readFixture } from "../fixture.js";
import { type Toy, toyNetwork } from "../toy.js";

export const fixture = readFixture("sit_losses");

const paths: Readonly<Record<string, Path>> = { Linear: linearPath(), GVP: cosinePath(), VP: vpPath() };
const weightings: Readonly<Record<string, Weighting>> = {
  none: unweighted(),
  velocity: unweightedIn("velocity"),
  likelihood: likelihoodWeighting(),
};

/** Every objective of the fixture: PATH.PREDICTION.WEIGHT. */
export const names = [...fixture.keys()]
  .flatMap((key) => /^(\w+\.\w+\.\w+)\.loss$/.exec(key)?.[1] ?? [])
  .filter((name) => !name.startsWith("dit"));

/**
 * Losses and gradients of 21 objectives are SiT's.
 * @param slack what is fair beside four times PyTorch's own float32 error, over the peak
 */
export const describeSitLosses = (kind: "reference" | "wasm" | "webgpu", slack: number) =>
  describe(`losses and gradients are SiT's on ${kind}`, () => {
    let device: Device;
    const given = (name: string): Tensor => {
      const { data, shape } = fixture.get(name)!;
      return device.tensor(data as Float32Array, shape);
    };
    beforeAll(async () => {
      device = await createDevice(kind);
    });
    afterAll(() => device.destroy());

    test.each(names)("%s", async (name) => {
      const [path, prediction, weight] = name.split(".") as [string, Prediction, string];
      const aim = objective({
        ...{ path: paths[path]!, prediction, density: uniform(), weighting: weightings[weight]! },
        // SiT measures a score by the noise it stands for.
        errorIn: prediction === "score" ? "noise" : prediction,
      });
      const toy: Toy = {
        ...{ w1: given("toy.w1"), b1: given("toy.b1"), u: given("toy.u"), w2: given("toy.w2"), b2: given("toy.b2") },
      };
      const batch = { x: given("x1"), noise: given("x0"), t: neg(given("t")).add(1) };
      const perSample = (weights: Toy): Tensor =>
        loss(
          aim,
          fromSiT((x, t) => toyNetwork(weights, x, t), prediction),
          batch,
        );
      const { extra, gradient } = valueAndGrad((weights: Toy) => {
        const each = perSample(weights);
        return [each.mean(), each] as const;
      })(toy);
      expect(extra.shape).toEqual([5]);
      expect(errorOverFair(await extra.data(), fixture.get(`${name}.loss`)!, slack)).toBeLessThan(1);
      for (const [key, leaf] of Object.entries(gradient) as [string, Tensor][])
        expect(errorOverFair(await leaf.data(), fixture.get(`${name}.grad.${key}`)!, slack), key).toBeLessThan(1);
    });
  });
