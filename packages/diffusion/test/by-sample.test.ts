import { createDevice, random } from "@isoflop/tensor";
import { expect, test } from "vitest";
import { foldInTime, normalBySample, samplesFrom, signsBySample, uniformBySample } from "../src/by-sample.js";

const device = await createDevice("wasm", { wasm: { threads: 1 } });
const key = random.key(9);
const from = (first: number, n: number) => samplesFrom(device.tensor(Uint32Array.of(first), [], "u32"), n);
const meanOf = (numbers: ArrayLike<number>): number =>
  Array.from(numbers).reduce((sum, x) => sum + x, 0) / numbers.length;

test("sample 0 draws what the tensor package draws by the same cipher", async () => {
  const bits = await random.randomBits(key, [33]).data(device);
  const u = await uniformBySample(key, from(0, 1), [33]).data(device);
  for (const [i, word] of bits.entries()) expect(u[i]).toBe(((word >>> 9) + 0.5) * 2 ** -23);
});

test("a sample draws the same whichever are drawn beside it, and others something else", async () => {
  const all = await normalBySample(key, from(0, 100), [2, 3]).data(device);
  const some = await normalBySample(key, from(70, 5), [2, 3]).data(device);
  expect(Array.from(some)).toEqual(Array.from(all.subarray(70 * 6, 75 * 6)));
  expect(new Set(all).size).toBeGreaterThan(599);
  const later = foldInTime(key, device.tensor([0.25], []));
  expect((await normalBySample(later, from(0, 1), [1]).data(device))[0]).not.toBe(all[0]);
});

test("draws have their moments, within a sample and across samples", async () => {
  for (const [n, size] of [
    [1, 40_000],
    [40_000, 1],
  ] as const) {
    const normal = await normalBySample(key, from(0, n), [size]).data(device);
    expect(Math.abs(meanOf(normal))).toBeLessThan(4 / 200);
    expect(Math.abs(meanOf(normal.map((x) => x * x)) - 1)).toBeLessThan((4 * Math.SQRT2) / 200);
    expect(Math.abs(meanOf(normal.map((x, i) => x * (normal[i + 1] ?? 0))))).toBeLessThan(4 / 200);
    const signs = await signsBySample(key, from(0, n), [size]).data(device);
    expect(signs.every((x) => x === 1 || x === -1)).toBe(true);
    expect(Math.abs(meanOf(signs))).toBeLessThan(4 / 200);
  }
});
