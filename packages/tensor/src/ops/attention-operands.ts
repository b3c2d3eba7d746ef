import { formatShapes, TensorError } from "../errors.js";
import type { Aval } from "../graph/aval.js";
import type { Lowering } from "../graph/lowering.js";
import type { Tensor } from "../graph/tensor.js";
import { checkFloats } from "./arguments.js";
import { permute } from "./permute.js";

export type AttentionAttrs = { readonly scale: number };

/** Kernels read [batch, tokens, heads, width] with any strides but 1 along the width. */
export const attentionLowering: Lowering<AttentionAttrs> = {
  kind: "call",
  product: true,
  reads: ({ shape, strides }) => shape.length === 4 && strides[3] === 1 && strides.every((stride) => stride >= 0),
};

export const checkAttention = (name: string, q: Aval, k: Aval, v: Aval): void => {
  checkFloats(name, [q, k, v]);
  const keys = q.shape.map((n, i) => (i === 1 ? k.shape[1] : n));
  if (q.shape.length !== 4 || ![k, v].every(({ shape }) => shape.join() === keys.join()))
    throw new TensorError(
      "shape",
      `${name}: q, k, v are [batch, tokens, heads, width] and may differ in tokens alone (q from k and v), got ${formatShapes([q, k, v])}`,
    );
};

/** [batch, tokens, heads, width] with a matrix per head, [batch, heads, tokens, width], and back. */
export const heads = (x: Tensor): Tensor => permute(x, [0, 2, 1, 3]);
