import { formatShape, TensorError } from "../errors.js";
import type { Aval } from "../graph/aval.js";
import { defineOp } from "../graph/define.js";
import { permuteIndex, roundKeys } from "./permutation.js";
import { threefry2x32 } from "./threefry.js";

type CountAttrs = { readonly n: number };

/** An op that makes `n` of something from a key. */
const defineFromKey = (
  name: string,
  output: (n: number) => Aval,
  values: (high: number, low: number, n: number) => Float64Array,
  counts: readonly number[],
) =>
  defineOp<CountAttrs>({
    name,
    lowering: { kind: "call" },
    infer([key], { n }) {
      if (key.dtype !== "u32" || key.shape.length !== 1 || key.shape[0] !== 2)
        throw new TensorError(
          "shape",
          `${name}: a key is u32[2], got ${key.dtype}${formatShape(key.shape)}; make one with key(seed), split or foldIn`,
        );
      return [output(n)];
    },
    differentiable: false,
    reference: (
      [
        {
          data: [high = 0, low = 0],
        },
      ],
      { n },
    ) => [values(high, low, n)],
    examples: counts.map((n) => ({
      inputs: [{ shape: [2], dtype: "u32", values: [0x13198a2e, 0x03707344] }],
      attrs: { n },
    })),
  });

/** A seeded permutation of 0 .. n-1, every element by itself. */
export const permutationOp = defineFromKey(
  "permutation",
  (n) => ({ shape: [n], dtype: "i32" }),
  (high, low, n) => {
    const keys = roundKeys(high, low);
    return Float64Array.from({ length: n }, (_, i) => permuteIndex(i, n, keys));
  },
  [1, 10, 33],
);

/** Element i is the exclusive or of the two words of Threefry block (0, i): independent of how many elements are asked for. */
export const randomBitsOp = defineFromKey(
  "randomBits",
  (n) => ({ shape: [n], dtype: "u32" }),
  (high, low, n) =>
    Float64Array.from({ length: n }, (_, i) => {
      const [a, b] = threefry2x32(high, low, 0, i);
      return (a ^ b) >>> 0;
    }),
  [7, 64],
);

/** Both words of Threefry block (0, i): new keys. */
export const randomKeysOp = defineFromKey(
  "randomKeys",
  (n) => ({ shape: [n, 2], dtype: "u32" }),
  (high, low, n) => Float64Array.from(Array.from({ length: n }, (_, i) => threefry2x32(high, low, 0, i)).flat()),
  [3],
);
