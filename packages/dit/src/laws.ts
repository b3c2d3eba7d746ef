import { ones, random, type Tensor, zeros } from "@isoflop/tensor";

/** The distribution a parameter starts from. */
export type InitialLaw =
  /** Uniform within ±sqrt(6 / (fanIn + fanOut)) (Glorot and Bengio, AISTATS 2010). */
  | { readonly kind: "xavier"; readonly fanIn: number; readonly fanOut: number }
  | { readonly kind: "normal"; readonly std: number }
  | { readonly kind: "zeros" }
  | { readonly kind: "ones" };

export const zeroLaw: InitialLaw = { kind: "zeros" };

/** What DiT gives time MLP and label table (`facebookresearch/DiT: models.py`), and ViT learned positions. */
export const smallNormal: InitialLaw = { kind: "normal", std: 0.02 };

export const sample = (law: InitialLaw, key: random.Key, shape: readonly number[]): Tensor => {
  switch (law.kind) {
    case "xavier": {
      const bound = Math.sqrt(6 / (law.fanIn + law.fanOut));
      return random.uniform(key, shape, { low: -bound, high: bound });
    }
    case "normal":
      return random.normal(key, shape).mul(law.std);
    case "zeros":
      return zeros(shape);
    case "ones":
      return ones(shape);
  }
};
