import { random } from "../math/random.js";
import type { Interval } from "../types.js";
import { type ConstantName, constantNames } from "./curve.js";
import { intervalOf } from "./pairs.js";
import type { Side } from "./side.js";

/** A constant of a curve, with 95 % of the draws where its errors are known. */
export interface KnownConstant {
  readonly value: number;
  readonly ci95?: Interval;
}

/** The constants that a side has: exponents of N*, D* and L* − E against C, and the floor E. */
export const constantsOfSide = (
  side: Side,
  { draws = 2000, seed = 0 }: { readonly draws?: number; readonly seed?: number } = {},
): Readonly<Partial<Record<ConstantName, KnownConstant>>> => {
  const drawn = side.errorless ? [] : side.draws(draws, random(seed, 0));
  const found = constantNames.flatMap((name): [ConstantName, KnownConstant][] => {
    const values = drawn.flatMap(({ constants }) => constants[name] ?? []).sort((a, b) => a - b);
    // A curve that is none of its draws has their medians.
    const value = side.curve.constants[name] ?? values[Math.floor(values.length / 2)];
    if (value === undefined) return [];
    return [[name, { value, ...(values.length > 0 && { ci95: intervalOf(values) }) }]];
  });
  return Object.fromEntries(found);
};
