import type { Tensor } from "../src/index.js";
import * as T from "../src/index.js";

/**
 * The 59 operations of the PyTorch fixture, as this package writes them. `x` are the f32 inputs in order; constant indices are the fixture's:
 * 0 2 2 5 0.
 */
type Case = (x: readonly Tensor[], indices: Tensor) => Tensor;

const unary =
  (f: (x: Tensor) => Tensor): Case =>
  ([x]) =>
    f(x!);
const binary =
  (f: (a: Tensor, b: Tensor) => Tensor): Case =>
  ([a, b]) =>
    f(a!, b!);

export const parityCases: Readonly<Record<string, Case>> = {
  exp: unary(T.exp),
  tanh: unary(T.tanh),
  sigmoid: unary(T.sigmoid),
  erf: unary(T.erf),
  sin: unary(T.sin),
  cos: unary(T.cos),
  silu: unary(T.silu),
  gelu_erf: unary(T.geluErf),
  gelu_tanh: unary(T.gelu),
  softplus: unary(T.softplus),
  relu: unary(T.relu),
  leaky_relu: unary((x) => T.leakyRelu(x, 0.2)),
  abs: unary(T.abs),
  square: unary(T.square),
  clamp: unary((x) => T.clamp(x, -0.5, 0.7)),
  log: unary(T.log),
  sqrt: unary(T.sqrt),
  rsqrt: unary(T.rsqrt),
  reciprocal: unary(T.reciprocal),
  pow: binary(T.pow),
  divide_broadcast: binary(T.div),
  maximum: binary(T.maximum),
  softmax: unary((x) => T.softmax(x)),
  softmax_axis_1: unary((x) => T.softmax(x, 1)),
  log_softmax: unary((x) => T.logSoftmax(x)),
  logsumexp: unary((x) => T.logSumExp(x)),
  layer_norm: ([x, weight, bias]) => T.layerNorm(x!, { weight, bias, eps: 1e-6 }),
  layer_norm_plain: unary((x) => T.layerNorm(x, { eps: 1e-6 })),
  rms_norm: ([x, weight]) => T.rmsNorm(x!, { weight, eps: 1e-6 }),
  group_norm: ([x, weight, bias]) => T.groupNorm(x!, 3, { weight, bias, eps: 1e-6 }),
  mean_axis_0: unary((x) => T.mean(x, 0)),
  sum_axes: unary((x) => T.sum(x, [0, 2], { keepDims: true })),
  variance: unary((x) => T.variance(x, 1)),
  standard_deviation_unbiased: unary((x) => T.standardDeviation(x, 1, { correction: 1 })),
  max_axis: unary((x) => T.max(x, 1)),
  norm: unary(T.norm),
  cumulative_sum: unary((x) => T.cumsum(x, 1)),
  matmul: binary(T.matmul),
  matmul_batched: binary(T.matmul),
  matmul_vector: binary(T.matmul),
  linear: ([x, w, b]) => T.linear(x!, w!, b),
  einsum_attention: binary((q, k) => T.matmul(q, T.transpose(k))),
  conv2d_patch: ([x, w, b]) => T.conv2d(x!, w!, b, { stride: 2 }),
  conv2d_3x3: ([x, w, b]) => T.conv2d(x!, w!, b, { padding: 1 }),
  conv2d_3x3_stride_2: ([x, w]) => T.conv2d(x!, w!, undefined, { padding: 1, stride: 2 }),
  embedding: ([table], indices) => T.take(table!, indices),
  gather: ([x], indices) => T.gather(x!, indices.reshape([5, 1]), 1),
  transpose_reshape: unary((x) => x.permute([2, 0, 1]).reshape([10, 3])),
  slice_step: unary((x) => T.slice(x, [{ start: 1 }, { step: 2 }])),
  concatenate: binary((a, b) => T.concat([a, b], 1)),
  pad: unary((x) =>
    T.pad(x, [
      [0, 0],
      [0, 1],
      [1, 2],
    ]),
  ),
  upsample_nearest: unary((x) => T.upsampleNearest(x, 2)),
  average_pool: unary((x) => T.averagePool(x, 2)),
  cross_entropy: ([x], indices) => T.crossEntropy(x!, indices),
  mean_squared_error: binary(T.meanSquaredError),
  huber: binary((a, b) => T.huberLoss(a, b, 0.7)),
  binary_cross_entropy_logits: binary(T.binaryCrossEntropy),
  attention: ([q, k, v]) => {
    const swap = (x: Tensor): Tensor => x.permute([0, 2, 1, 3]);
    return swap(T.attention(swap(q!), swap(k!), swap(v!)));
  },
};
