import { number, record, whole } from "@isoflop/spec";
import { abs, add, type Device, jit, max, maximum, mul, round, sub, type Tensor } from "@isoflop/tensor";
import * as v from "valibot";
import { check } from "./checks.js";
import { DiffusionError, must } from "./errors.js";

/** Values of which each number of x is one: `levels` of them, evenly from the first of `range` to the last. */
export interface Levels {
  readonly levels: number;
  readonly range: readonly [first: number, last: number];
}

/** Options of whatever takes levels: those of bytes as -1 to 1 unless told. */
export const levelOptions = {
  levels: v.optional(whole({ atLeast: 2 }), 256),
  range: v.optional(v.pipe(v.tuple([number(), number()], "two numbers"), v.readonly()), [-1, 1]),
};

const levelRecord = record(levelOptions);

/** @throws DiffusionError("option") for fewer than 2 levels, or a range that does not rise */
export const checkedLevels = (what: string, given: unknown): Levels => {
  const { levels, range } = check(levelRecord, given, what);
  must(range[0]! < range[1]!, "option", `${what}: range is [${range.join(", ")}]; it takes two rising numbers.`);
  return { levels, range: [range[0]!, range[1]!] };
};

/** From one level to the next. */
export const spacingOf = ({ levels, range: [first, last] }: Levels): number => (last - first) / (levels - 1);

/** By how much a number may be off its level, in levels: f32 knows it to 1e-4 of them up to some thousands. */
const OFF = 1e-2;

/**
 * @param what who asks
 * @throws DiffusionError("values") unless every number of x [n, ...] is one of the levels
 */
export const checkOnLevels = async (what: string, x: Tensor, levels: Levels, device?: Device): Promise<void> => {
  const { range, levels: count } = levels;
  const farthest = jit(
    (values: Tensor): Tensor => {
      const at = mul(sub(values, range[0]), 1 / spacingOf(levels));
      const outside = maximum(sub(at, count - 1), mul(at, -1));
      return add(max(maximum(abs(sub(at, round(at))), outside)), 0) as Tensor;
    },
    device ? { device } : {},
  );
  try {
    const found = farthest(x as never);
    const off = await found.item();
    found.dispose();
    if (off <= OFF) return;
    const told =
      off > 0.5 ? `${(off * spacingOf(levels)).toPrecision(3)} outside` : `${off.toPrecision(2)} levels off one`;
    throw new DiffusionError(
      "values",
      `${what}: x holds a number that is ${told}; all must be among ${count} levels from ${range[0]} to ${range[1]}. Continuous data have a density, no code: take dequantization "none" and the decoder "gaussian".`,
    );
  } finally {
    farthest.dispose();
  }
};
