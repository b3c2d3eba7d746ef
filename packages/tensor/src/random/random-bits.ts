import { defineOp } from "../graph/define.js";
import { type CountAttrs, inferFrom, keyExample, wordsOf } from "./from-key.js";
import { threefry2x32 } from "./threefry.js";

/** Element i is the exclusive or of the two words of Threefry block (0, i): independent of how many elements are asked for. */
export const randomBitsOp = defineOp<CountAttrs>({
  name: "randomBits",
  lowering: { kind: "call" },
  infer: inferFrom("randomBits", (n) => ({ shape: [n], dtype: "u32" })),
  flops: () => 0,
  differentiable: false,
  reference: ([key], { n }) => [
    Float64Array.from({ length: n }, (_, i) => {
      const [a, b] = threefry2x32(...wordsOf(key), 0, i);
      return (a ^ b) >>> 0;
    }),
  ],
  examples: [keyExample(7), keyExample(64)],
});
