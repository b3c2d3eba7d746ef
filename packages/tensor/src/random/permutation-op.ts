import { defineOp } from "../graph/define.js";
import { type CountAttrs, inferFrom, keyExample, wordsOf } from "./from-key.js";
import { permuteIndex, roundKeys } from "./permutation.js";

/** A seeded permutation of 0 .. n-1, every element by itself. */
export const permutationOp = defineOp<CountAttrs>({
  name: "permutation",
  lowering: { kind: "call" },
  infer: inferFrom("permutation", (n) => ({ shape: [n], dtype: "i32" })),
  flops: () => 0,
  differentiable: false,
  reference([key], { n }) {
    const keys = roundKeys(...wordsOf(key));
    return [Float64Array.from({ length: n }, (_, i) => permuteIndex(i, n, keys))];
  },
  examples: [keyExample(1), keyExample(10), keyExample(33)],
});
