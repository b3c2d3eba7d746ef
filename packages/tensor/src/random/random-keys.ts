import { defineOp } from "../graph/define.js";
import { type CountAttrs, inferFrom, keyExample, wordsOf } from "./from-key.js";
import { threefry2x32 } from "./threefry.js";

/** Both words of Threefry block (0, i): new keys. */
export const randomKeysOp = defineOp<CountAttrs>({
  name: "randomKeys",
  lowering: { kind: "call" },
  infer: inferFrom("randomKeys", (n) => ({ shape: [n, 2], dtype: "u32" })),
  flops: () => 0,
  differentiable: false,
  reference: ([key], { n }) => [
    Float64Array.from(Array.from({ length: n }, (_, i) => threefry2x32(...wordsOf(key), 0, i)).flat()),
  ],
  examples: [keyExample(3)],
});
