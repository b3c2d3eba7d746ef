import type { Pair } from "@isoflop/tensor";
import { FeaturesError } from "../errors.js";
import type { Layer, PointwiseLayer, Weights } from "../network/network.js";
import type { OnnxNode, OnnxTensor } from "./model.js";

/** A node with what it may ask for. */
export interface OnnxCall {
  readonly node: OnnxNode;
  readonly name: string;
  /** Inputs that are values of the network. */
  readonly inputs: readonly string[];
  /** The numbers of an input that the file holds; undefined where it is left out. @throws FeaturesError `file` where it is computed */
  constant(input: number): OnnxTensor | undefined;
  number(attribute: string, otherwise: number): number;
  text(attribute: string, otherwise: string): string;
  list(attribute: string, otherwise: readonly number[]): readonly number[];
}

type Make = (call: OnnxCall) => readonly Layer[];

const wrong = ({ node }: OnnxCall, what: string): FeaturesError =>
  new FeaturesError("file", `The node "${node.name || node.outputs[0]}" (${node.op}) ${what}`);

const weights = (call: OnnxCall, input: number): Weights => {
  const tensor = call.constant(input);
  if (!tensor) throw wrong(call, `lacks its input ${input}.`);
  return { shape: tensor.shape, data: Float32Array.from(tensor.data) };
};

const pair = (call: OnnxCall, values: readonly number[]): Pair => {
  if (values.length === 2) return [values[0]!, values[1]!];
  throw wrong(call, `has windows of ${values.length} axes; two, of images, can be read.`);
};

/** Strides, dilations and paddings. `auto_pad` SAME_LOWER would put the odd pixel before the image. */
const windows = (call: OnnxCall) => {
  const auto = call.text("auto_pad", "NOTSET");
  const [top = 0, left = 0, bottom = 0, right = 0] = call.list("pads", []);
  if (!["NOTSET", "", "VALID", "SAME_UPPER"].includes(auto))
    throw wrong(call, `has auto_pad ${auto}; NOTSET, VALID and SAME_UPPER can be read.`);
  return {
    stride: pair(call, call.list("strides", [1, 1])),
    dilation: pair(call, call.list("dilations", [1, 1])),
    padding:
      auto === "SAME_UPPER"
        ? ("same" as const)
        : ([
            [top, bottom],
            [left, right],
          ] as const),
  };
};

/** [out, in, rows, columns] as [rows, columns, in, out]. */
const channelsLast = ({ shape, data }: Weights): Weights => {
  const [out = 1, into = 1, kr = 1, kc = 1] = shape;
  const last = new Float32Array(data.length);
  for (let o = 0; o < out; o++)
    for (let i = 0; i < into; i++)
      for (let k = 0; k < kr * kc; k++) last[(k * into + i) * out + o] = data[(o * into + i) * kr * kc + k]!;
  return { shape: [kr, kc, into, out], data: last };
};

const convolution: Make = (call) => {
  const kernel = weights(call, 1);
  if (kernel.shape.length !== 4)
    throw wrong(call, `has a kernel of ${kernel.shape.length} axes; four, of images, can be read.`);
  const bias = call.constant(2) && weights(call, 2);
  return [
    {
      ...{ kind: "convolution", name: call.name, inputs: call.inputs.slice(0, 1), kernel: channelsLast(kernel) },
      ...{ groups: call.number("group", 1), activation: "none" },
      ...windows(call),
      ...(bias && { bias }),
    },
  ];
};

const batchNorm: Make = (call) => {
  const [gamma, beta, mean, variance] = [1, 2, 3, 4].map((input) => weights(call, input).data) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const epsilon = call.number("epsilon", 1e-5);
  const scale = gamma.map((value, i) => value / Math.sqrt(variance[i]! + epsilon));
  const shift = beta.map((value, i) => value - mean[i]! * scale[i]!);
  const shape = [scale.length];
  return [
    {
      ...{ kind: "affine", name: call.name, inputs: call.inputs.slice(0, 1) },
      ...{ scale: { shape, data: scale }, shift: { shape, data: shift } },
    },
  ];
};

const pointwise =
  (name: PointwiseLayer["function"], options: (call: OnnxCall) => Partial<PointwiseLayer> = () => ({})): Make =>
  (call) => [{ kind: "pointwise", function: name, name: call.name, inputs: call.inputs.slice(0, 1), ...options(call) }];

/** Its limits are inputs since version 11, attributes before. */
const clip: Make = (call) => {
  const low = call.constant(1)?.data[0] ?? call.number("min", Number.NEGATIVE_INFINITY);
  const high = call.constant(2)?.data[0] ?? call.number("max", Number.POSITIVE_INFINITY);
  return pointwise(low === 0 && high === 6 ? "relu6" : "clip", () => ({ low, high }))(call);
};

const pool =
  (name: "max" | "average"): Make =>
  (call) => {
    if (call.number("ceil_mode", 0) !== 0) throw wrong(call, "has ceil_mode 1; 0 can be read.");
    return [
      {
        ...{ kind: "pool", function: name, name: call.name, inputs: call.inputs },
        ...{ size: pair(call, call.list("kernel_shape", [])), ...windows(call) },
        countsPadding: call.number("count_include_pad", 0) === 1,
      },
    ];
  };

const arithmetic =
  (name: "add" | "sub" | "mul" | "div"): Make =>
  (call) => [{ kind: "arithmetic", function: name, name: call.name, inputs: call.inputs }];

/** alpha A B + beta C, where B is weights and A is not transposed. */
const gemm: Make = (call) => {
  if (call.number("transA", 0) !== 0) throw wrong(call, "has transA 1; 0 can be read.");
  const matrix = weights(call, 1);
  const [rows = 1, columns = 1] = matrix.shape;
  const turned = call.number("transB", 0) === 1;
  const [into, out] = turned ? [columns, rows] : [rows, columns];
  const [alpha, beta] = [call.number("alpha", 1), call.number("beta", 1)];
  const data = Float32Array.from({ length: into * out }, (_, i) => {
    const [r, c] = [Math.floor(i / out), i % out];
    return alpha * matrix.data[turned ? c * columns + r : i]!;
  });
  const addend = call.constant(2) && weights(call, 2);
  return [
    {
      ...{ kind: "linear", name: call.name, inputs: call.inputs.slice(0, 1), weight: { shape: [into, out], data } },
      ...(addend && { bias: { shape: addend.shape, data: addend.data.map((value) => beta * value) } }),
    },
  ];
};

const reshape: Make = (call) => {
  const shape = call.constant(1)?.data ?? call.list("shape", []);
  return [{ kind: "reshape", name: call.name, inputs: call.inputs.slice(0, 1), shape: [...shape] }];
};

const flatten: Make = (call) => {
  if (call.number("axis", 1) !== 1) throw wrong(call, `has axis ${call.number("axis", 1)}; 1 can be read.`);
  return [{ kind: "flatten", name: call.name, inputs: call.inputs }];
};

/** Zeros around images: [0, 0, top, left, 0, 0, bottom, right]. */
const pad: Make = (call) => {
  const mode = call.text("mode", "constant");
  const pads = [...(call.constant(1)?.data ?? call.list("pads", []))];
  const [n, c, top = 0, left = 0, m, d, bottom = 0, right = 0] = pads;
  const value = call.constant(2)?.data[0] ?? call.number("value", 0);
  if (mode !== "constant" || value !== 0 || pads.length !== 8 || [n, c, m, d].some((each) => each !== 0))
    throw wrong(
      call,
      `pads [${pads.join(", ")}] in mode ${mode} with ${value}; zeros around rows and columns can be read.`,
    );
  return [
    {
      kind: "pad",
      name: call.name,
      inputs: call.inputs.slice(0, 1),
      padding: [
        [top, bottom],
        [left, right],
      ],
    },
  ];
};

const mean: Make = (call) => {
  const axes = call.constant(1)?.data ?? call.list("axes", []);
  if (axes.length === 0) throw wrong(call, "names no axes; which ones it takes the mean over must be in the file.");
  return [
    {
      ...{ kind: "mean", name: call.name, inputs: call.inputs.slice(0, 1), axes: [...axes] },
      keep: call.number("keepdims", 1) === 1,
    },
  ];
};

const transpose: Make = (call) => [
  { kind: "transpose", name: call.name, inputs: call.inputs, order: call.list("perm", []) },
];

const globalPool =
  (name: "max" | "average"): Make =>
  (call) => [{ kind: "globalPool", function: name, name: call.name, inputs: call.inputs, keep: true }];

const identity: Make = ({ name, inputs }) => [{ kind: "identity", name, inputs: inputs.slice(0, 1) }];

/** Operators of ONNX that convolutional classifiers are made of. */
export const onnxOps: Readonly<Record<string, Make>> = {
  Conv: convolution,
  BatchNormalization: batchNorm,
  Relu: pointwise("relu"),
  LeakyRelu: pointwise("leakyRelu", (call) => ({ slope: call.number("alpha", 0.01) })),
  Sigmoid: pointwise("sigmoid"),
  Tanh: pointwise("tanh"),
  HardSigmoid: pointwise("hardSigmoid", (call) => ({
    slope: call.number("alpha", 0.2),
    low: call.number("beta", 0.5),
  })),
  HardSwish: pointwise("hardSwish"),
  Clip: clip,
  MaxPool: pool("max"),
  AveragePool: pool("average"),
  GlobalMaxPool: globalPool("max"),
  GlobalAveragePool: globalPool("average"),
  ReduceMean: mean,
  Add: arithmetic("add"),
  Sub: arithmetic("sub"),
  Mul: arithmetic("mul"),
  Div: arithmetic("div"),
  Concat: (call) => [{ kind: "concat", name: call.name, inputs: call.inputs, axis: call.number("axis", 1) }],
  Gemm: gemm,
  MatMul: (call) => [{ kind: "matmul", name: call.name, inputs: call.inputs }],
  Flatten: flatten,
  Reshape: reshape,
  Transpose: transpose,
  Pad: pad,
  Softmax: (call) => [{ kind: "softmax", name: call.name, inputs: call.inputs, axis: call.number("axis", -1) }],
  Identity: identity,
  Dropout: identity,
};
