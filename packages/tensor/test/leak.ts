import { expect } from "vitest";
import { add, type Device, jit, mul, type Tensor } from "../src/index.js";

/** Runs many small steps, compiled and eager, and expects the device to hold no more afterwards than after the first. */
export const leakTest = async (device: Device, steps: number): Promise<void> => {
  const step = jit((w: Tensor, x: Tensor, rate: Tensor) => [add(w, mul(x, rate)), mul(w, w)] as const, { donate: [0] });
  const x = device.tensor([1, 2, 3, 4]);
  let w: Tensor = device.tensor([0, 0, 0, 0]);
  let level = 0;
  for (let i = 0; i < steps; i++) {
    const [next, square] = step(w, x, 1 / (i + 1));
    square.dispose();
    w = next;
    if (i === 0) level = device.memory.bytes;
    else if (i % 1000 === 0) await w.data();
  }
  expect(device.memory.bytes).toBe(level);
  for (let i = 0; i < steps; i++) {
    const next = add(w, 1);
    device.evaluate(next);
    w.dispose();
    w = next;
    if (i % 1000 === 0) await w.data();
  }
  expect(device.memory.bytes).toBe(level);
  w.dispose();
  x.dispose();
};
