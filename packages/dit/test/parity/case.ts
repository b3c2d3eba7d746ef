import { type Device, meanSquaredError, type Tensor, valueAndGrad } from "@isoflop/tensor";
import { expect } from "vitest";
import type { OnActivation } from "../../src/building-blocks.js";
import { errorOverFair, readFixture } from "../fixture.js";

/**
 * A fixture with `output`, `loss` and `grad.*`, and the computation that must give them from `param.*` and `input.*`; `grad_input.x` and
 * `activation.*` where it has them.
 */
export interface ParityCase<P> {
  readonly title: string;
  readonly fixture: string;
  /** The fixture's `param.*` as parameters. */
  params(device: Device): P;
  /** The prediction from `input.x`; intermediate values are shown by the fixture's names. */
  output(device: Device, params: P, x: Tensor, show: OnActivation): Tensor;
  /** The leaves of a record of parameters by the fixture's names. */
  named(params: P): Readonly<Record<string, Tensor>>;
}

/** An array of a fixture on a device. */
export const given = (device: Device, fixture: string, key: string): Tensor => {
  const { data, shape } = readFixture(fixture).get(key)!;
  return device.tensor(data, shape);
};

/** Holds a computation to PyTorch in float64: output, loss, every gradient and intermediate value. */
export const expectParity = async <P>(device: Device, parity: ParityCase<P>): Promise<void> => {
  const fixture = readFixture(parity.fixture);
  const target = given(device, parity.fixture, "input.target");
  const withOutput = valueAndGrad(({ params, x }: { readonly params: P; readonly x: Tensor }) => {
    const shown: Record<string, Tensor> = {};
    const output = parity.output(device, params, x, (name, value) => {
      shown[name] = value;
      return undefined;
    });
    return [meanSquaredError(output, target), { output, shown }] as const;
  });
  const inputs = { params: parity.params(device), x: given(device, parity.fixture, "input.x") };
  const { value, extra, gradient } = withOutput(inputs);
  const actual = parity.named(gradient.params);
  device.evaluate([value, extra, actual, gradient.x]);
  expect(errorOverFair(await extra.output.data(), fixture.get("output")!)).toBeLessThan(1);
  expect(errorOverFair(await value.data(), fixture.get("loss")!)).toBeLessThan(1);
  const expected = fixture.under("grad.");
  expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort());
  for (const [key, want] of Object.entries(expected))
    expect(errorOverFair(await actual[key]!.data(), want), key).toBeLessThan(1);
  for (const [key, want] of Object.entries(fixture.under("activation.")))
    expect(errorOverFair(await extra.shown[key]!.data(), want), key).toBeLessThan(1);
  for (const want of Object.values(fixture.under("grad_input.")))
    expect(errorOverFair(await gradient.x.data(), want), "input.x").toBeLessThan(1);
};
