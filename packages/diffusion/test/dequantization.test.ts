import { createDevice, random } from "@isoflop/tensor";
import { describe, expect, test } from "vitest";
import {
  bitsPerDimension,
  cosinePath,
  type Dequantization,
  likelihood,
  linearPath,
  noDequantization,
  type Of,
  rk4,
  truncatedNormalDequantization,
  uniformDequantization,
  vePath,
} from "../src/index.js";
import { best, centre, normalNats, spread } from "./gaussian.js";

const device = await createDevice("wasm", { wasm: { threads: 1 } });
const key = random.key(3);
const path = cosinePath();

/** Sixteen levels around the data, and the shares of a normal density that are theirs. */
const levels = { levels: 16, range: [0, 3] } as const;
const width = 3 / 15;

/** Midpoints of so many equal parts. */
const within = (from: number, to: number, parts = 2000): number[] =>
  Array.from({ length: parts }, (_, i) => from + ((to - from) * (i + 0.5)) / parts);
const meanOf = (numbers: ArrayLike<number>): number =>
  Array.from(numbers).reduce((sum, value) => sum + value, 0) / numbers.length;
const surprise = (numbers: ArrayLike<number>, wanted: number): number => {
  const mean = meanOf(numbers);
  const variance = meanOf(Array.from(numbers, (value) => (value - mean) ** 2));
  return (mean - wanted) / Math.sqrt(variance / (numbers.length - 1));
};

const level = 3 * width;
const n = 600;
const x = device.tensor(new Float32Array(n).fill(level), [n, 1]);
const run = async (dequantization: Dequantization, draws = 1) => {
  using compiled = likelihood(best(path, "velocity"), {
    ...{ objective: { path, prediction: "velocity" }, solver: rk4(), steps: 12, probes: "exact" },
    ...{ dequantization, device },
  });
  return await compiled.run(null, { x, key, draws });
};
const density = (y: number, scale = 1, noise = 0): number =>
  Math.exp(-normalNats([y], scale * centre, Math.hypot(scale * spread, noise)));

describe("code lengths of a known density", () => {
  test("by uniform dequantization are the mean over the share of the level, at least the length that its probability has", async () => {
    const { nats, of, parts, card } = await run(uniformDequantization(levels));
    const share = within(level - width / 2, level + width / 2);
    const wanted = meanOf(share.map((y) => -Math.log(density(y) * width)));
    const least = -Math.log(meanOf(share.map((y) => density(y))) * width);
    expect(Math.abs(surprise(nats, wanted))).toBeLessThan(3.5);
    expect(wanted).toBeGreaterThan(least);
    expect(of).toBe("code length");
    expect(card.dequantization).toBe("uniform, 16 levels");
    for (const value of parts.dequantization) expect(value).toBeCloseTo(-Math.log(width), 5);
    for (const [i, value] of nats.entries())
      expect(parts.prior[i]! + parts.divergence[i]! + parts.dequantization[i]!).toBeCloseTo(value, 9);
  });

  test("by several weighted draws come near to it", async () => {
    const share = within(level - width / 2, level + width / 2);
    const least = -Math.log(meanOf(share.map((y) => density(y))) * width);
    const [one, eight] = [await run(uniformDequantization(levels)), await run(uniformDequantization(levels), 8)];
    const [far, near] = [meanOf(one.nats) - least, meanOf(eight.nats) - least];
    expect(near).toBeLessThan(far / 4);
    expect(near).toBeGreaterThan(-0.005);
  });

  test("by a cut normal are those of the path's own noise, from its time on", async () => {
    const cut = truncatedNormalDequantization(path, levels);
    const { nats, card, parts } = await run(cut);
    const { alpha, sigma } = path.at(cut.time!);
    expect(sigma / alpha).toBeCloseTo(width / 2 / 3, 9);
    expect(card.times[0]).toBe(cut.time);
    const weights = within(-3, 3).map((u) => [u, Math.exp((-u * u) / 2)] as const);
    const total = weights.reduce((sum, [, weight]) => sum + weight, 0);
    const step = 6 / 2000;
    const average = (of: (u: number, weight: number) => number) =>
      weights.reduce((sum, [u, weight]) => sum + of(u, weight) * weight, 0) / total;
    const logDensity = (_: number, weight: number) => Math.log(weight / (total * step) / sigma);
    const wanted = average(
      (u, weight) => logDensity(u, weight) - Math.log(density(alpha * level + sigma * u, alpha, sigma)),
    );
    expect(Math.abs(surprise(nats, wanted))).toBeLessThan(3.5);
    expect(Math.abs(surprise(parts.dequantization, average(logDensity)))).toBeLessThan(3.5);
    const share = within(alpha * (level - width / 2), alpha * (level + width / 2));
    expect(wanted).toBeGreaterThan(-Math.log(meanOf(share.map((y) => density(y, alpha, sigma))) * alpha * width));
    // All of it stays within its level.
    const { x: drawn } = cut.draw(x, key);
    for (const y of await drawn.data(device)) expect(Math.abs(y / alpha - level)).toBeLessThan(width / 2 + 1e-6);
  });

  test("of data as they are there are none", async () => {
    const { nats, of } = await run(noDequantization());
    expect(of).toBe("density");
    expect(nats[0]).toBeCloseTo(normalNats([level], centre, spread), 3);
  });
});

describe("bits per dimension", () => {
  test("are nats in other words, with the standard error of their mean", () => {
    const { mean, standardError, bits, unit } = bitsPerDimension({
      ...{ nats: [6 * Math.LN2, 12 * Math.LN2], dimensions: 3, of: "code length" },
    });
    expect(mean).toBeCloseTo(3, 12);
    expect(standardError).toBeCloseTo(1, 12);
    expect(Array.from(bits)).toEqual([2, 4]);
    expect(unit).toBe("bits per dimension");
    const one = bitsPerDimension({ nats: [-1], dimensions: 1, of: "density" });
    expect(one.unit).toBe("bits per dimension of a density");
    expect(one.standardError).toBeNaN();
  });

  test("of bytes that all are equally likely are 8", async () => {
    // A flow that stays, from a prior that is uniform enough: bits of q alone.
    const { logDensity } = uniformDequantization().draw(device.tensor([-1, 1], [1, 2]), key);
    const [value] = await logDensity.data(device);
    const nats = [value! + 2 * Math.log(2 + 2 / 255)];
    expect(bitsPerDimension({ nats, dimensions: 2, of: "code length" }).mean).toBeCloseTo(8, 5);
  });
});

describe("what cannot be dequantized is named", () => {
  test.each<[string, () => unknown, RegExp]>([
    ["one level", () => uniformDequantization({ levels: 1 }), /levels is 1; it must be a whole number of at least 2/],
    [
      "a range that falls",
      () => uniformDequantization({ range: [1, -1] }),
      /range is \[1, -1\]; it takes two rising numbers/,
    ],
    ["no deviations", () => truncatedNormalDequantization(path, { deviations: 0 }), /deviations is 0/],
    ["a path with more noise", () => truncatedNormalDequantization(vePath()), /the ve path begins at 0.0200/],
    ["no samples", () => bitsPerDimension({ nats: [], dimensions: 3, of: "density" }), /nats are of no sample/],
    ["no dimensions", () => bitsPerDimension({ nats: [1], dimensions: 0, of: "density" }), /dimensions is 0/],
    [
      "no meaning",
      () => bitsPerDimension({ nats: [1], dimensions: 1, of: "bits" as Of }),
      /of is "bits"; it must be one of/,
    ],
  ])("%s", (_, call, right) => expect(call).toThrow(right));

  test("numbers that are no level, or outside", async () => {
    const options = { dequantization: uniformDequantization(levels), device };
    using compiled = likelihood(best(linearPath(), "velocity"), options);
    const off = (value: number) => compiled.run(null, { x: device.tensor([0.2, value], [2, 1]), key });
    await expect(off(0.3)).rejects.toThrow(
      /x holds a number that is 0.50 levels off one; all must be among 16 levels from 0 to 3/,
    );
    await expect(off(3.2)).rejects.toThrow(/0.200 outside; all must be among 16 levels/);
    await expect(off(-0.4)).rejects.toThrow(/0.400 outside/);
    await expect(off(Number.NaN)).rejects.toMatchObject({ code: "values" });
    await expect(off(3)).resolves.toBeDefined();
    await expect(compiled.run(null, { x: device.tensor([3], [1, 1]) })).rejects.toThrow(/give a run its key/);
  });

  test("times that begin elsewhere than the samples are", () => {
    const dequantization = truncatedNormalDequantization(path, levels);
    const make = () =>
      likelihood(best(path, "velocity"), {
        objective: { path, prediction: "velocity" },
        times: [0, 1],
        dequantization,
      });
    expect(make).toThrow(/times begin at 0; normal within 3 deviations, 16 levels gives samples of t = 0.02/);
  });
});
