import { type DitConfig, resolve } from "@isoflop/flops";
import { expect } from "vitest";
import type { NamedArray } from "../src/index.js";
import { specsOf } from "../src/network.js";
import { namedSpecs } from "../src/spec.js";

export type Weights = Readonly<Record<string, NamedArray>>;

/** Weights of a config under our names, no two numbers of them alike. */
export const someWeights = (config: DitConfig): Weights => {
  let at = 0;
  const next = (): number => Math.sin(++at * 1.618) * 0.5 + at * 1e-7;
  return Object.fromEntries(
    namedSpecs(specsOf(resolve(config))).map(([name, { shape, size }]) => [
      name,
      { shape, data: Float32Array.from({ length: size }, next) },
    ]),
  );
};

/** The same arrays behind a prefix. */
export const behind = (prefix: string, arrays: Weights): Weights =>
  Object.fromEntries(Object.entries(arrays).map(([name, array]) => [prefix + name, array]));

export const without = (arrays: Weights, ...names: readonly string[]): Weights =>
  Object.fromEntries(Object.entries(arrays).filter(([name]) => !names.includes(name)));

/** Arrays as data: what a test compares. */
export const shapesOf = (arrays: Weights): readonly (readonly [string, readonly number[]])[] =>
  Object.entries(arrays).map(([name, { shape }]) => [name, [...shape]]);

/** Holds arrays to others to the bit. */
export const expectSame = (actual: Weights, expected: Weights): void => {
  const sorted = (arrays: Weights) => shapesOf(arrays).toSorted(([a], [b]) => (a < b ? -1 : 1));
  expect(sorted(actual)).toEqual(sorted(expected));
  for (const [name, { data }] of Object.entries(expected))
    expect(Buffer.compare(Buffer.from(data.buffer), Buffer.from(actual[name]!.data.slice().buffer)), name).toBe(0);
};
