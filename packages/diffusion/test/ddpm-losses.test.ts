import { concat, createDevice, type Tensor, valueAndGrad } from "@isoflop/tensor";
import { describe, expect, test } from "vitest";
import {
  discretePath,
  discreteUniform,
  effectiveWeight,
  type LossKind,
  linearPath,
  loss,
  lossTerms,
  minSnr,
  objective,
  objectiveOn,
  uniform,
  type Variance,
} from "../src/index.js";
import { describeDdpmLosses, fixture } from "./parity/ddpm-losses.js";

describeDdpmLosses("reference", 1e-6);
describeDdpmLosses("wasm", 1e-6);

describe("a bound that cannot be is refused", () => {
  const path = discretePath({ steps: 40 });
  const [prediction, density] = ["noise", discreteUniform()] as const;
  const loose = (value: unknown): never => value as never;

  test("by the objective", () => {
    const linear = { path: linearPath(), prediction, density: uniform() };
    expect(() => objective({ ...linear, variance: "learnedRange" })).toThrow(
      'objective: variance is "learnedRange", which takes a path of steps, such as discretePath(); the linear path has none.',
    );
    expect(() => objective({ ...linear, loss: "kl" })).toThrow('objective: loss is "kl", which takes a path of steps');
    expect(() => objective({ path, prediction, density, loss: "rescaledKl", weighting: minSnr() })).toThrow(
      "has its own weights; weighting is min-SNR 5 and must be unweighted()",
    );
    expect(() => objective({ path, prediction, density, loss: loose("rescaledKL") })).toThrow(
      '(did you mean "rescaledKl"?)',
    );
    expect(() => objective({ path, prediction, density, variance: loose("fixed") })).toThrow('one of "fixedLarge"');
    const bound = objective({ path, prediction, density, loss: "kl" });
    expect(() => effectiveWeight(bound, 0.5)).toThrow('effectiveWeight: loss is "kl"');
  });

  test("by the loss", async () => {
    const device = await createDevice("wasm");
    const x = device.tensor([0.1, 0.2, 0.3, 0.4], [2, 2]);
    const batch = { x, noise: x, t: device.tensor([0.025, 0.5]) };
    const learned = objective({ path, prediction, density, variance: "learnedRange" });
    expect(() => loss(learned, (y) => y, batch)).toThrow("reads tables");
    const there = objectiveOn(learned, device);
    expect(() => loss(there, (y) => y, batch)).toThrow(
      "the model gives [2, 2]; with a learned variance it gives twice x's channels, [2, 4]",
    );
    const each = await loss(there, (y) => concat([y, y.mul(0)], 1), batch).data();
    expect(Array.from(each).every(Number.isFinite)).toBe(true);
  });
});

test("terms are rescaled as DDPM's code does, and the mean learns nothing from the bound beside squares", async () => {
  const device = await createDevice("wasm");
  const path = discretePath({ steps: 40 });
  const x = device.tensor([0.1, 0.2, 0.3, -0.4], [2, 2]);
  const batch = { x, noise: device.tensor([1, -1, 0.5, 2], [2, 2]), t: device.tensor([0.025, 0.5]) };
  const terms = async (variance: Variance, kind: LossKind) => {
    const parts = { path, prediction: "noise", density: discreteUniform(), variance, loss: kind } as const;
    const aim = objectiveOn(objective(parts), device);
    const { extra, gradient } = valueAndGrad(({ said, range }: { said: Tensor; range: Tensor }) => {
      const all = lossTerms(
        aim,
        (y) =>
          concat([y.mul(0).add(said), y.mul(0).add(range)], 1).slice([
            null,
            { stop: variance === "learnedRange" ? 4 : 2 },
          ]),
        batch,
      );
      return [all.loss.mean(), all] as const;
    })({ said: device.tensor([0.2], []), range: device.tensor([0.3], []) });
    const read = async (tensor: Tensor | undefined) => (tensor ? Array.from(await tensor.data()) : []);
    const [loss_, squares, bound] = [await read(extra.loss), await read(extra.squares), await read(extra.bound)];
    return { loss: loss_, squares, bound, said: await gradient.said.item(), range: await gradient.range.item() };
  };
  const [mse, rescaled, kl, all] = [
    await terms("learnedRange", "mse"),
    await terms("learnedRange", "rescaledMse"),
    await terms("learnedRange", "kl"),
    await terms("learnedRange", "rescaledKl"),
  ];
  const plain = await terms("fixedLarge", "mse");
  expect(mse.loss[1]).toBeCloseTo(mse.squares[1]! + mse.bound[1]!, 5);
  expect(rescaled.loss[1]).toBeCloseTo(mse.squares[1]! + 0.04 * mse.bound[1]!, 5);
  expect(kl.loss).toEqual(kl.bound);
  expect(all.loss[1]! / kl.loss[1]!).toBeCloseTo(40, 4);
  expect(mse.said).toBeCloseTo(plain.said, 6);
  expect(Math.abs(kl.said)).toBeGreaterThan(1e-3);
  expect(mse.range).toBeCloseTo(kl.range, 6);
  expect(plain.range).toBe(0);
});

test("no array of the fixture is left unread", () => {
  expect(fixture.unread()).toEqual([]);
});
