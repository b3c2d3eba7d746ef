import { describe, expect, test } from "vitest";
import { blockJackknife, type Features, features, frechetDistance, nearestOthers, rateOf } from "../src/index.js";
import { cloud } from "./gauss.js";

describe("a rate", () => {
  test("is the share, with the error of the share after two marks and two misses more", () => {
    // Agresti and Coull: 9 of 10 is 11 of 14.
    const error = (value: number) => expect.closeTo(value, 12);
    expect(rateOf(9, 10)).toEqual({ value: 0.9, standardError: error(Math.sqrt(((11 / 14) * (3 / 14)) / 14)) });
    expect(rateOf(0, 96)).toEqual({ value: 0, standardError: error(Math.sqrt((0.02 * 0.98) / 100)) });
    expect(rateOf(96, 96)).toEqual({ value: 1, standardError: error(rateOf(0, 96).standardError) });
  });

  test("needs a trial, and no more marks than trials", () => {
    expect(() => rateOf(0, 0)).toThrow(/trials is 0/);
    expect(() => rateOf(3, 2)).toThrow(/marked is 3; it must be an integer in 0\.\.2/);
  });
});

describe("the nearest of others", () => {
  const line = (...values: number[]) => features("line", 1, Float64Array.from(values));

  test("by hand: the nearest, its distance, and how much nearer it is than the second", () => {
    const { index, distance, ratio } = nearestOthers(line(0.5, 8, 30), line(0, 10, 2));
    expect([...index]).toEqual([0, 1, 1]);
    expect([...distance]).toEqual([0.5, 2, 20]);
    expect([...ratio]).toEqual([0.5 / 1.5, 2 / 6, 20 / 28].map((value) => expect.closeTo(value, 12)));
  });

  test("a copy has ratio 0, of one that is there twice too", () => {
    const cloudOf = cloud(40, 3, 1);
    const copies = features("gauss", 3, Float64Array.from([...cloudOf.data.slice(0, 6)]));
    const others = { ...cloudOf, extractor: "gauss" };
    expect([...nearestOthers(copies, others).ratio]).toEqual([0, 0]);
    const twice = features("gauss", 3, Float64Array.from([...cloudOf.data, ...cloudOf.data.slice(0, 3)]));
    expect([...nearestOthers(copies, twice).ratio]).toEqual([0, 0]);
  });

  test("among samples of one law few are far nearer to one than to the second", () => {
    const { ratio } = nearestOthers(cloud(300, 8, 1), cloud(300, 8, 2));
    expect(ratio.filter((value) => value < 1 / 3).length).toBeLessThan(3);
    expect(() => nearestOthers(cloud(3, 8, 1), cloud(1, 8, 2))).toThrow(/1 real samples; at least 2/);
  });
});

describe("the jackknife of blocks", () => {
  test("is the spread of a distance over fresh samples", () => {
    const value = (a: ReturnType<typeof cloud>, b: ReturnType<typeof cloud>) => frechetDistance(a, b).value;
    const found = Array.from({ length: 80 }, (_, i) => {
      const [a, b] = [cloud(80, 3, 3 * i + 1), cloud(80, 3, 3 * i + 2, 0.7)];
      return { value: value(a, b), error: blockJackknife(a, b, 10, value) };
    });
    const mean = found.reduce((sum, each) => sum + each.value, 0) / 80;
    const spread = Math.sqrt(found.reduce((sum, each) => sum + (each.value - mean) ** 2, 0) / 79);
    const claimed = Math.sqrt(found.reduce((sum, { error }) => sum + error ** 2, 0) / 80);
    expect(claimed / spread).toBeGreaterThan(0.75);
    expect(claimed / spread).toBeLessThan(1.35);
  });

  test("of the mean it is the standard error, whatever the blocks", () => {
    const mean = ({ data }: Features) => Array.from(data).reduce((sum, each) => sum + each, 0) / data.length;
    const difference = (a: Features, b: Features) => mean(a) - mean(b);
    const eight = features("x", 1, Float64Array.of(1, 4, 2, 8, 1, 4, 2, 8));
    const squares = Array.from(eight.data).reduce((sum, each) => sum + (each - 3.75) ** 2, 0);
    // Blocks of two, of which both are alike: the error of four means.
    expect(blockJackknife(eight, eight, 4, difference)).toBeCloseTo(Math.sqrt((2 * squares) / 2 / 4 / 3), 12);
  });

  test("needs two blocks, and two rows for each", () => {
    const [a, b] = [cloud(9, 2, 1), cloud(20, 2, 2)];
    const of = () => 0;
    expect(() => blockJackknife(a, b, 1, of)).toThrow(/blocks is 1/);
    expect(() => blockJackknife(a, b, 5, of)).toThrow(/blocks is 5; sets of 9 samples have at most 4/);
  });
});
