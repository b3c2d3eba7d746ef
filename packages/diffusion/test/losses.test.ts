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
} from "../src/index.js";
import { errorOverFair, readFixture } from "./fixture.js";
import { type Toy, toyNetwork } from "./toy.js";

const fixture = readFixture("sit_losses");

const paths: Readonly<Record<string, Path>> = { Linear: linearPath(), GVP: cosinePath(), VP: vpPath() };
const weightings: Readonly<Record<string, Weighting>> = {
  none: unweighted(),
  velocity: unweightedIn("velocity"),
  likelihood: likelihoodWeighting(),
};

/** Every objective of the fixture: PATH.PREDICTION.WEIGHT. */
const names = [...fixture.keys()]
  .flatMap((key) => /^(\w+\.\w+\.\w+)\.loss$/.exec(key)?.[1] ?? [])
  .filter((name) => !name.startsWith("dit"));

test("the fixture holds 21 objectives", () => {
  expect(names.length).toBe(21);
});

describe.each(["reference", "wasm"] as const)("losses and gradients are SiT's on %s", (kind) => {
  let device: Device;
  const given = (name: string): Tensor => {
    const { data, shape } = fixture.get(name)!;
    return device.tensor(data as Float32Array, shape);
  };
  // SiT's 0.02 is our 0.98, which f32 rounds by up to 3e-8: 1.5e-6 of the 0.02 that is left, and weights hold its square.
  const slack = kind === "reference" ? 1e-6 : 3e-6;
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

test("the loss of what SiT's transformer said is SiT's", async () => {
  const device = await createDevice("wasm");
  const given = (name: string): Tensor => {
    const { data, shape } = fixture.get(name)!;
    return device.tensor(data as Float32Array, shape);
  };
  const aim = objective({ path: linearPath(), prediction: "velocity", density: uniform() });
  const batch = { x: given("x1"), noise: given("x0"), t: neg(given("t")).add(1) };
  const said = given("dit.Linear.velocity.pred");
  const each = loss(
    aim,
    fromSiT(() => said),
    batch,
  );
  expect(errorOverFair(await each.data(), fixture.get("dit.Linear.velocity.loss")!, 1e-6)).toBeLessThan(1);
});

test("no array of the fixture is left unread but labels and gradients of a transformer whose weights it has not", () => {
  expect(fixture.unread().filter((name) => name !== "y" && !name.startsWith("dit.Linear.velocity.grad."))).toEqual([]);
});
