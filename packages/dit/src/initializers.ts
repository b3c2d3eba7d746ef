import { ones, random, type Tensor, zeros } from "@isoflop/tensor";

/** The distribution a parameter starts from. */
export type Initializer =
  /** Uniform within ±sqrt(6 / (fanIn + fanOut)) (Glorot and Bengio, AISTATS 2010). */
  | { readonly kind: "xavier"; readonly fanIn: number; readonly fanOut: number }
  | { readonly kind: "normal"; readonly std: number }
  | { readonly kind: "zeros" }
  | { readonly kind: "ones" };

export const zeroInit: Initializer = { kind: "zeros" };

export const xavier = (fanIn: number, fanOut: number): Initializer => ({ kind: "xavier", fanIn, fanOut });

/** What DiT gives time MLP and label table (`facebookresearch/DiT: models.py`), and ViT learned positions. */
export const smallNormal: Initializer = { kind: "normal", std: 0.02 };

/** What sd3-ref gives registers (`Stability-AI/sd3-ref: mmdit.py`). */
export const unitNormal: Initializer = { kind: "normal", std: 1 };

/** The same law with 1 / `divisor` of its variance. Zeros and ones have none. */
export const narrowed = (init: Initializer, divisor: number): Initializer => {
  switch (init.kind) {
    case "xavier":
      return xavier(init.fanIn * divisor, init.fanOut * divisor);
    case "normal":
      return { kind: "normal", std: init.std / Math.sqrt(divisor) };
    default:
      return init;
  }
};

export const draw = (init: Initializer, key: random.Key, shape: readonly number[]): Tensor => {
  switch (init.kind) {
    case "xavier": {
      const bound = Math.sqrt(6 / (init.fanIn + init.fanOut));
      return random.uniform(key, shape, { low: -bound, high: bound });
    }
    case "normal":
      return random.normal(key, shape).mul(init.std);
    case "zeros":
      return zeros(shape);
    case "ones":
      return ones(shape);
  }
};
