import {
  add,
  averagePool,
  clamp,
  concat,
  conv2d,
  div,
  geluErf,
  globalAveragePool,
  leakyRelu,
  matmul,
  max,
  maxPool,
  mean,
  mul,
  pad,
  permute,
  relu,
  relu6,
  reshape,
  sigmoid,
  silu,
  softmax,
  sub,
  type Tensor,
  tanh,
} from "@isoflop/tensor";
import { FeaturesError } from "../errors.js";
import { aligned, axisOf, lying, meant } from "./axes.js";
import type { Layer, Network, PointwiseLayer, PoolLayer, Weights } from "./network.js";

/** Weights of a layer, in the order in which it takes their tensors. */
export const weightsOf = (layer: Layer): readonly Weights[] => {
  switch (layer.kind) {
    case "convolution":
      return layer.bias ? [layer.kernel, layer.bias] : [layer.kernel];
    case "affine":
      return [layer.scale, layer.shift];
    case "linear":
      return layer.bias ? [layer.weight, layer.bias] : [layer.weight];
    default:
      return [];
  }
};

const pointwise = (x: Tensor, { function: name, low, high, slope }: PointwiseLayer): Tensor => {
  switch (name) {
    case "relu":
      return relu(x);
    case "relu6":
      return relu6(x);
    case "clip":
      return clamp(x, low ?? Number.NEGATIVE_INFINITY, high ?? Number.POSITIVE_INFINITY);
    case "leakyRelu":
      return leakyRelu(x, slope);
    case "sigmoid":
      return sigmoid(x);
    case "tanh":
      return tanh(x);
    case "hardSigmoid":
      return clamp(add(mul(x, slope ?? 0.2), low ?? 0.5), 0, 1);
    case "hardSwish":
      // Howard et al., arXiv 1905.02244, section 5.2.
      return mul(x, mul(relu6(add(x, 3)), 1 / 6));
    case "silu":
      return silu(x);
    case "gelu":
      return geluErf(x);
  }
};

const pool = (x: Tensor, layer: PoolLayer): Tensor => {
  const { stride, dilation, padding, size } = layer;
  const options = { stride, dilation, padding, layout: "NHWC" } as const;
  if (layer.function === "max") return maxPool(x, size, options);
  if (!layer.countsPadding || padding === "same") return averagePool(x, size, options);
  return averagePool(pad(x, [[0, 0], ...padding, [0, 0]]), size, { ...options, padding: 0 });
};

const reshaped = (x: Tensor, sizes: readonly number[], axes: Network["axes"]): Tensor => {
  const from = meant(x, axes);
  // The first axis is the batch, which a file may have fixed to that of its example.
  const shape = sizes.map((n, i) => (i === 0 || n === 0 ? (from.shape[i] ?? n) : n));
  return lying(reshape(from, shape), axes);
};

const arithmetic = { add, sub, mul, div };

/**
 * What a layer makes of its inputs. Values of four axes lie [batch, rows, columns, channels].
 * @param weights those of `weightsOf`, on the device
 */
export const applyLayer = (
  layer: Layer,
  inputs: readonly Tensor[],
  weights: readonly Tensor[],
  axes: Network["axes"],
): Tensor => {
  const [x, y] = inputs;
  if (!x) throw new FeaturesError("file", `The layer "${layer.name}" has no input.`);
  switch (layer.kind) {
    case "convolution": {
      const { stride, dilation, padding, groups, activation } = layer;
      const options = { stride, dilation, padding, groups, activation, layout: "NHWC" } as const;
      return conv2d(x, weights[0]!, weights[1], options);
    }
    case "affine":
      return add(mul(x, weights[0]!), weights[1]!);
    case "pointwise":
      return pointwise(x, layer);
    case "arithmetic": {
      if (!y) throw new FeaturesError("file", `The layer "${layer.name}" has one input; it takes two.`);
      return arithmetic[layer.function](...aligned(x, y, axes));
    }
    case "pad":
      return pad(x, [[0, 0], ...layer.padding, [0, 0]]);
    case "pool":
      return pool(x, layer);
    case "globalPool": {
      const means = layer.function === "max" ? max(x, [1, 2]) : globalAveragePool(x, { layout: "NHWC" });
      return layer.keep ? reshape(means, [means.shape[0]!, 1, 1, means.shape[1]!]) : means;
    }
    case "concat":
      return concat(inputs, axisOf(layer.axis, x.rank, axes));
    case "linear": {
      const product = matmul(meant(x, axes), weights[0]!);
      return weights[1] ? add(product, weights[1]) : product;
    }
    case "matmul": {
      if (!y) throw new FeaturesError("file", `The layer "${layer.name}" has one input; it takes two.`);
      return lying(matmul(meant(x, axes), meant(y, axes)), axes);
    }
    case "reshape":
      return reshaped(x, layer.shape, axes);
    case "flatten":
      return reshape(meant(x, axes), [x.shape[0]!, -1]);
    case "transpose":
      return lying(permute(meant(x, axes), layer.order), axes);
    case "softmax":
      return softmax(x, axisOf(layer.axis, x.rank, axes));
    case "mean": {
      const over = layer.axes.map((axis) => axisOf(axis, x.rank, axes));
      return layer.keep ? mean(x, over, { keepDims: true }) : meanWithout(x, layer.axes, axes);
    }
    case "identity":
      return x;
  }
};

/** A mean whose axes vanish: what is left has the order that the layer means. */
const meanWithout = (x: Tensor, over: readonly number[], axes: Network["axes"]): Tensor =>
  lying(mean(meant(x, axes), [...over]), axes);
