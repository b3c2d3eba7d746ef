import type { Pair } from "@isoflop/tensor";
import { FeaturesError, must } from "../errors.js";
import type { Layer, Weights } from "../network/network.js";
import type { KerasLayer } from "./topology.js";

/** What a layer is made of. */
interface Given {
  readonly layer: KerasLayer;
  readonly inputs: readonly string[];
  /** Its weights by name. @throws FeaturesError `file` where there are none */
  weight(name: string): Weights;
}

type Make = (given: Given) => readonly Layer[];

const field = <T>({ layer }: Given, name: string): T => {
  const value = layer.config[name];
  must(value !== undefined, "file", `The layer "${layer.name}" (${layer.class_name}) has no "${name}".`);
  return value as T;
};

/** Where a layer lets one choose what is not read. */
const only = ({ layer }: Given, name: string, right: unknown): void => {
  const value = layer.config[name];
  must(
    value === undefined || JSON.stringify(value) === JSON.stringify(right),
    "file",
    `The layer "${layer.name}" (${layer.class_name}) has ${name} ${JSON.stringify(value)}; ${JSON.stringify(right)} can be read.`,
  );
};

const windowsOf = (given: Given) => {
  only(given, "data_format", "channels_last");
  const padding = field<string>(given, "padding");
  return {
    stride: field<Pair>(given, "strides"),
    dilation: (given.layer.config.dilation_rate as Pair | undefined) ?? ([1, 1] as const),
    padding:
      padding === "same"
        ? ("same" as const)
        : ([
            [0, 0],
            [0, 0],
          ] as const),
  };
};

/** A layer and the activation that its config names, which becomes a layer of its own: the value keeps the name. */
const withActivation = (given: Given, make: (name: string) => Layer): readonly Layer[] => {
  const { name, config } = given.layer;
  const activation = config.activation ?? "linear";
  if (activation === "linear") return [make(name)];
  const before = `${name}/before`;
  return [make(before), activated(given, name, [before], activation)];
};

const activated = (given: Given, name: string, inputs: readonly string[], activation: unknown): Layer => {
  if (activation === "softmax") return { kind: "softmax", name, inputs, axis: -1 };
  const names = ["relu", "relu6", "sigmoid", "tanh"] as const;
  const known = names.find((each) => each === activation);
  if (!known)
    throw new FeaturesError(
      "file",
      `The layer "${given.layer.name}" has the activation ${JSON.stringify(activation)}; ${names.join(", ")}, softmax and linear can be read.`,
    );
  return { kind: "pointwise", function: known, name, inputs };
};

const convolution: Make = (given) => {
  const { inputs, weight, layer } = given;
  return withActivation(given, (name) => ({
    ...{ kind: "convolution", name, inputs, kernel: weight("kernel"), groups: 1, activation: "none" },
    ...windowsOf(given),
    ...(layer.config.use_bias === true && { bias: weight("bias") }),
  }));
};

const depthwise: Make = (given) => {
  const { inputs, weight, layer } = given;
  only(given, "depth_multiplier", 1);
  const { shape, data } = weight("depthwise_kernel");
  const [rows = 1, columns = 1, channels = 1] = shape;
  return withActivation(given, (name) => ({
    ...{ kind: "convolution", name, inputs, groups: channels, activation: "none" },
    kernel: { shape: [rows, columns, 1, channels], data },
    ...windowsOf(given),
    ...(layer.config.use_bias === true && { bias: weight("bias") }),
  }));
};

/** gamma (x - mean) / sqrt(variance + epsilon) + beta. */
const batchNorm: Make = (given) => {
  const { inputs, weight, layer } = given;
  const mean = weight("moving_mean");
  const variance = weight("moving_variance");
  const { scale: hasGamma, center: hasBeta, epsilon } = layer.config;
  const gamma = hasGamma === false ? undefined : weight("gamma");
  const beta = hasBeta === false ? undefined : weight("beta");
  const scale = mean.data.map((_, i) => (gamma?.data[i] ?? 1) / Math.sqrt(variance.data[i]! + Number(epsilon)));
  const shift = mean.data.map((value, i) => (beta?.data[i] ?? 0) - value * scale[i]!);
  const { shape } = mean;
  return [{ kind: "affine", name: layer.name, inputs, scale: { shape, data: scale }, shift: { shape, data: shift } }];
};

const relu: Make = (given) => {
  const { inputs, layer } = given;
  only(given, "threshold", 0);
  const { max_value: high = null, negative_slope: slope = 0 } = layer.config;
  const base = { kind: "pointwise", name: layer.name, inputs } as const;
  if (slope !== 0 && high === null) return [{ ...base, function: "leakyRelu", slope: Number(slope) }];
  only(given, "negative_slope", 0);
  if (high === null) return [{ ...base, function: "relu" }];
  return [high === 6 ? { ...base, function: "relu6" } : { ...base, function: "clip", low: 0, high: Number(high) }];
};

const pool =
  (name: "max" | "average"): Make =>
  (given) => [
    {
      ...{ kind: "pool", function: name, name: given.layer.name, inputs: given.inputs },
      ...{ size: field<Pair>(given, "pool_size"), ...windowsOf(given) },
    },
  ];

const globalPool =
  (name: "max" | "average"): Make =>
  (given) => {
    only(given, "data_format", "channels_last");
    const keep = given.layer.config.keepdims === true;
    return [{ kind: "globalPool", function: name, name: given.layer.name, inputs: given.inputs, keep }];
  };

const arithmetic =
  (name: "add" | "mul" | "sub"): Make =>
  ({ layer, inputs }) => {
    must(inputs.length === 2, "file", `The layer "${layer.name}" joins ${inputs.length} values; two can be read.`);
    return [{ kind: "arithmetic", function: name, name: layer.name, inputs }];
  };

const identity: Make = ({ layer, inputs }) => [{ kind: "identity", name: layer.name, inputs }];

const dense: Make = (given) => {
  const { inputs, weight, layer } = given;
  return withActivation(given, (name) => ({
    ...{ kind: "linear", name, inputs, weight: weight("kernel") },
    ...(layer.config.use_bias !== false && { bias: weight("bias") }),
  }));
};

const zeroPadding: Make = (given) => {
  only(given, "data_format", "channels_last");
  const { layer, inputs } = given;
  return [{ kind: "pad", name: layer.name, inputs, padding: field<readonly [Pair, Pair]>(given, "padding") }];
};

const activation: Make = (given) => [
  activated(given, given.layer.name, given.inputs, field<unknown>(given, "activation")),
];

const concatenate: Make = (given) => [
  { kind: "concat", name: given.layer.name, inputs: given.inputs, axis: field<number>(given, "axis") },
];

const flatten: Make = ({ layer, inputs }) => [{ kind: "flatten", name: layer.name, inputs }];

/** Keras layers by their class. */
export const kerasLayers: Readonly<Record<string, Make>> = {
  Conv2D: convolution,
  DepthwiseConv2D: depthwise,
  BatchNormalization: batchNorm,
  ReLU: relu,
  Activation: activation,
  ZeroPadding2D: zeroPadding,
  MaxPooling2D: pool("max"),
  AveragePooling2D: pool("average"),
  GlobalMaxPooling2D: globalPool("max"),
  GlobalAveragePooling2D: globalPool("average"),
  Add: arithmetic("add"),
  Multiply: arithmetic("mul"),
  Subtract: arithmetic("sub"),
  Concatenate: concatenate,
  Flatten: flatten,
  Dense: dense,
  Dropout: identity,
};
