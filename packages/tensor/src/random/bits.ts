import { formatShape, TensorError } from "../errors.js";
import { type Aval, defineOp } from "../graph/define.js";
import { permuteIndex, roundKeys } from "./permutation.js";
import { threefry2x32 } from "./threefry.js";

type CountAttrs = { readonly n: number };

const inferFrom =
  (name: string, output: (n: number) => Aval) =>
  ([key]: readonly Aval[], { n }: CountAttrs): Aval[] => {
    if (key!.dtype !== "u32" || key!.shape.length !== 1 || key!.shape[0] !== 2)
      throw new TensorError(
        "shape",
        `${name}: a key is u32[2], got ${key!.dtype}${formatShape(key!.shape)}; make one with key(seed), split or foldIn`,
      );
    return [output(n)];
  };

const keyExample = (n: number) => ({
  inputs: [{ shape: [2], dtype: "u32" as const, values: [0x13198a2e, 0x03707344] }],
  attrs: { n },
});

/** Element i is the exclusive or of the two words of Threefry block (0, i): independent of how many elements are asked for. */
export const randomBitsOp = defineOp<CountAttrs>({
  name: "randomBits",
  lowering: { kind: "call" },
  infer: inferFrom("randomBits", (n) => ({ shape: [n], dtype: "u32" })),
  flops: () => 0,
  differentiable: false,
  reference: ([key], { n }) => [
    Float64Array.from({ length: n }, (_, i) => {
      const [a, b] = threefry2x32(key!.data[0]!, key!.data[1]!, 0, i);
      return (a ^ b) >>> 0;
    }),
  ],
  examples: [keyExample(7), keyExample(64)],
});

/** Both words of Threefry block (0, i): new keys. */
export const randomKeysOp = defineOp<CountAttrs>({
  name: "randomKeys",
  lowering: { kind: "call" },
  infer: inferFrom("randomKeys", (n) => ({ shape: [n, 2], dtype: "u32" })),
  flops: () => 0,
  differentiable: false,
  reference: ([key], { n }) => [
    Float64Array.from(Array.from({ length: n }, (_, i) => threefry2x32(key!.data[0]!, key!.data[1]!, 0, i)).flat()),
  ],
  examples: [keyExample(3)],
});

export const permutationOp = defineOp<CountAttrs>({
  name: "permutation",
  lowering: { kind: "call" },
  infer: inferFrom("permutation", (n) => ({ shape: [n], dtype: "i32" })),
  flops: () => 0,
  differentiable: false,
  reference([key], { n }) {
    const keys = roundKeys(key!.data[0]!, key!.data[1]!);
    return [Float64Array.from({ length: n }, (_, i) => permuteIndex(i, n, keys))];
  },
  examples: [keyExample(1), keyExample(10), keyExample(33)],
});
