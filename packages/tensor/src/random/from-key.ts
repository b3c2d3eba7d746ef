import { formatShape, TensorError } from "../errors.js";
import type { Aval, ReferenceArray } from "../graph/aval.js";

export type CountAttrs = { readonly n: number };

/** The two words of a key. */
export const wordsOf = ({ data: [high = 0, low = 0] }: ReferenceArray): readonly [number, number] => [high, low];

export const inferFrom =
  (name: string, output: (n: number) => Aval) =>
  ([key]: readonly [Aval], { n }: CountAttrs): [Aval] => {
    if (key.dtype !== "u32" || key.shape.length !== 1 || key.shape[0] !== 2)
      throw new TensorError(
        "shape",
        `${name}: a key is u32[2], got ${key.dtype}${formatShape(key.shape)}; make one with key(seed), split or foldIn`,
      );
    return [output(n)];
  };

export const keyExample = (n: number) => ({
  inputs: [{ shape: [2], dtype: "u32" as const, values: [0x13198a2e, 0x03707344] }],
  attrs: { n },
});
