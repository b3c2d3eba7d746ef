import type { Tensor } from "../graph/tensor.js";
import { sizesOf } from "../shape.js";
import { mul, sub } from "./arithmetic.js";
import { heads } from "./attention-operands.js";
import { sum } from "./broadcast-and-sum.js";
import { exp } from "./exp-and-log.js";
import { matmul } from "./matmul.js";
import { permute, transpose } from "./permute.js";
import { reshape } from "./reshape.js";

/** What the backward pass of attention has at hand. */
interface Saved {
  readonly q: Tensor;
  readonly k: Tensor;
  readonly v: Tensor;
  /** [batch, heads, queries, keys], scaled. */
  readonly scores: Tensor;
  readonly out: Tensor;
  /** Log-sum-exp of the scores, [batch, heads, queries]. */
  readonly lse: Tensor;
  /** Gradient of `out`. */
  readonly g: Tensor;
}

/** Gradients of q, k, v from the saved output and log-sum-exp (Dao et al., arXiv 2205.14135, algorithm 4). */
export const attentionGradients = (
  { q, k, v, scores, out, lse, g }: Saved,
  scale: number,
): readonly [dq: Tensor, dk: Tensor, dv: Tensor] => {
  const [b, h, s] = sizesOf(lse.shape, 3);
  const p = exp(sub(scores, reshape(lse, [b, h, s, 1])));
  const dv = matmul(transpose(p), heads(g));
  const dp = matmul(heads(g), transpose(heads(v)));
  const delta = reshape(permute(sum(mul(g, out), [3]), [0, 2, 1]), [b, h, s, 1]);
  const ds = mul(p, sub(dp, delta));
  const dq = matmul(ds, heads(k), { scale });
  const dk = matmul(transpose(ds), heads(q), { scale });
  return [heads(dq), heads(dk), heads(dv)];
};
