import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDevice, type Device, random } from "../src/index.js";
import { permuteIndex, roundKeys } from "../src/random/permutation.js";
import { threefry2x32 } from "../src/random/threefry.js";

it("Threefry-2x32 gives the known answers of Random123", () => {
  const ones = 0xffffffff;
  expect(threefry2x32(0, 0, 0, 0)).toEqual([0x6b200159, 0x99ba4efe]);
  expect(threefry2x32(ones, ones, ones, ones)).toEqual([0x1cb996fc, 0xbb002be7]);
  expect(threefry2x32(0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3)).toEqual([0xc4923a9c, 0x483df7a0]);
});

/** Distance in units of the last place, for finite f32 of one sign. */
const ulps = (a: number, b: number): number => {
  const [x, y] = new Int32Array(Float32Array.of(a, b).buffer);
  return Math.abs(x! - y!);
};

describe.each(["reference", "wasm"] as const)("random numbers on %s", (kind) => {
  let device: Device;
  let reference: Device;
  beforeAll(async () => {
    device = await createDevice(kind);
    reference = await createDevice("reference");
  });
  afterAll(() => {
    device.destroy();
    reference.destroy();
  });

  it("the same bits as the cipher, whatever the shape", async () => {
    const key = random.key(42);
    const bits = await random.randomBits(key, [100]).data(device);
    const more = await random.randomBits(key, [7, 100]).data(device);
    for (let i = 0; i < 100; i++) {
      const [a, b] = threefry2x32(0, 42, 0, i);
      expect(bits[i]).toBe((a ^ b) >>> 0);
      expect(more[i]).toBe(bits[i]);
    }
  });

  it("seeds up to 2^53 are all different keys", async () => {
    expect([...(await random.key(2 ** 32 + 5).data(device))]).toEqual([1, 5]);
    expect([...(await random.key(0).data(device))]).toEqual([0, 0]);
    expect(() => random.key(-1)).toThrow(/seed/);
    expect(() => random.key(0.5)).toThrow(/seed/);
  });

  it("uniform, integers, keys and permutations are bit-equal to the reference", async () => {
    const draws = () => {
      const key = random.key(3);
      return [
        random.uniform(key, [1000]),
        random.integers(key, [1000], -3, 1000),
        random.permutation(key, 1000),
        random.split(key, 5)[3]!,
        random.foldIn(key, 17),
      ] as const;
    };
    const [here, there] = [draws(), draws()];
    for (const [i, draw] of here.entries()) expect(await device.read(draw)).toEqual(await reference.read(there[i]!));
  });

  it("normals agree with the reference within 2 ulp", async () => {
    const draw = () => random.normal(random.key(5), [200_000]);
    const [a, b] = [await device.read(draw()), await reference.read(draw())];
    let worst = 0;
    a.forEach((v, i) => {
      worst = Math.max(worst, Math.abs(v) < 1e-4 ? Math.abs(v - b[i]!) / 1e-11 : ulps(v, b[i]!));
    });
    expect(worst).toBeLessThanOrEqual(2);
  });

  it("normals have the moments of the standard normal", async () => {
    const x = await random.normal(random.key(11), [100_000]).data(device);
    const moment = (p: number): number => x.reduce((s, v) => s + v ** p, 0) / x.length;
    // Five standard errors of each sample moment: var(x^p) / n = (E x^2p - (E x^p)^2) / n.
    expect(Math.abs(moment(1))).toBeLessThan(5 * Math.sqrt(1 / x.length));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(5 * Math.sqrt(2 / x.length));
    expect(Math.abs(moment(3))).toBeLessThan(5 * Math.sqrt(15 / x.length));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(5 * Math.sqrt(96 / x.length));
    expect(x.every(Number.isFinite)).toBe(true);
  });

  it("a permutation contains every index once, and folding different numbers gives different streams", async () => {
    for (const n of [1, 2, 3, 17, 1000]) {
      const p = await random.permutation(random.key(n), n).data(device);
      expect([...p].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
      expect(permuteIndex(0, n, roundKeys(0, n))).toBe(p[0]);
    }
    const streams = new Set<string>();
    for (let i = 0; i < 50; i++) streams.add((await random.foldIn(random.key(1), i).data(device)).join());
    expect(streams.size).toBe(50);
  });

  it("foldIn takes a step that is data", async () => {
    const step = device.tensor(Uint32Array.of(9), []);
    const folded = (data: Parameters<typeof random.foldIn>[1]) => device.read(random.foldIn(random.key(1), data));
    expect(await folded(step)).toEqual(await folded(9));
  });

  it("integers cover their range evenly", async () => {
    const x = await random.integers(random.key(4), [60_000], 10, 16).data(device);
    const counts = new Array<number>(6).fill(0);
    for (const v of x) counts[v - 10]!++;
    // Chi-squared with 5 degrees of freedom: 25.7 is its 99.99 % point.
    expect(counts.reduce((s, c) => s + (c - 10_000) ** 2 / 10_000, 0)).toBeLessThan(25.7);
  });
});
