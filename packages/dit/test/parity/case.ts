import { type Device, meanSquaredError, type Tensor, valueAndGrad } from "@isoflop/tensor";
import { expect } from "vitest";
import { errorOverFair, readFixture, under } from "../fixture.js";

/** A fixture with `output`, `loss` and `grad.*`, and the computation that must give them from `param.*` and `input.*`. */
export interface ParityCase<P> {
  readonly title: string;
  readonly fixture: string;
  /** The fixture's `param.*` as parameters. */
  params(device: Device): P;
  output(device: Device, params: P): Tensor;
  /** The leaves of a record of parameters by the fixture's names. */
  named(params: P): Readonly<Record<string, Tensor>>;
}

/** An array of a fixture on a device. */
export const given = (device: Device, fixture: string, key: string): Tensor => {
  const { data, shape } = readFixture(fixture).get(key)!;
  return device.tensor(data, shape);
};

/** Holds a computation to PyTorch in float64: output, loss and every gradient. */
export const expectParity = async <P>(device: Device, parity: ParityCase<P>): Promise<void> => {
  const fixture = readFixture(parity.fixture);
  const target = given(device, parity.fixture, "input.target");
  const withOutput = valueAndGrad((params: P): readonly [Tensor, Tensor] => {
    const output = parity.output(device, params);
    return [meanSquaredError(output, target), output];
  });
  const { value, extra, gradient } = withOutput(parity.params(device));
  const actual = parity.named(gradient);
  device.evaluate([value, extra, actual]);
  expect(errorOverFair(await extra.data(), fixture.get("output")!)).toBeLessThan(1);
  expect(errorOverFair(await value.data(), fixture.get("loss")!)).toBeLessThan(1);
  const expected = under(fixture, "grad.");
  expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort());
  for (const [key, want] of Object.entries(expected))
    expect(errorOverFair(await actual[key]!.data(), want), key).toBeLessThan(1);
};
