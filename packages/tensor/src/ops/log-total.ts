import type { Tensor } from "../graph/tensor.js";
import { add } from "./add.js";
import { sum } from "./broadcast-and-sum.js";
import { cast } from "./cast.js";
import { equal } from "./equal.js";
import { exp } from "./exp.js";
import { log1p } from "./log1p.js";
import { select } from "./select.js";
import { sub } from "./sub.js";

const LAST = [1];
const keep = { keepDims: true } as const;

/**
 * log of the sum of exp(x - top) over rows [rows, cols], top being each row's largest value: what ties with it counts 1 each without being
 * computed, so that the rest keeps its accuracy beside it and infinities never meet.
 */
export const logTotal = (x: Tensor, top: Tensor): Tensor => {
  const hit = equal(x, top);
  const rest = sum(select(hit, 0, exp(sub(x, top))), LAST, keep);
  const ties = sum(cast(hit, "f32"), LAST, keep);
  return log1p(add(rest, sub(ties, 1)));
};

/** `logTotal` of a row in float64. */
export const logTotalOf = (row: Float64Array, top: number): number => {
  let rest = -1;
  let others = 0;
  for (const v of row)
    if (v === top) rest++;
    else others += Math.exp(v - top);
  return Math.log1p(rest + others);
};

export const largest = (row: Float64Array): number => row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
