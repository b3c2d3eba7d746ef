import { afterAll, describe, expect, it } from "vitest";
import { add, createDevice, div, jit, mul, neg, sub, type Tensor, zeros } from "../src/index.js";

const devices = [await createDevice("wasm", { wasm: { threads: 1 } }), await createDevice("reference")] as const;
afterAll(() => {
  for (const device of devices) device.destroy();
});

/** What IEEE 754 says of -0, 0 and 1 under each: JavaScript's own numbers are it. */
const cases: readonly (readonly [string, (x: Tensor) => Tensor, (x: number) => number])[] = [
  ["x + 0", (x) => add(x, 0), (x) => x + 0],
  ["0 + x", (x) => add(zeros([3]), x), (x) => 0 + x],
  ["x + -0", (x) => add(x, -0), (x) => x + -0],
  ["x - 0", (x) => sub(x, 0), (x) => x - 0],
  ["x - -0", (x) => sub(x, -0), (x) => x - -0],
  ["x * 1", (x) => mul(x, 1), (x) => x],
  ["x / 1", (x) => div(x, 1), (x) => x],
  ["-(-x)", (x) => neg(neg(x)), (x) => x],
  ["(1 + 2) * x", (x) => mul(add(zeros([3]).add(1), 2), x), (x) => 3 * x],
];

describe.each(devices.map((device) => [device.name, device] as const))(
  "arithmetic that does nothing, on %s",
  (_, device) => {
    it.each(cases)("%s keeps the sign of zero", async (_name, f, right) => {
      const values = [-0, 0, 1];
      const x = device.tensor(values);
      const got = [...(await jit(f, { device })(x).data())];
      values.forEach((value, i) => {
        expect(Object.is(got[i], right(value)), `${value} gives ${got[i]}`).toBe(true);
      });
    });
  },
);
