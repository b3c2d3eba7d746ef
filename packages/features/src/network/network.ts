import type { Activation, Pair } from "@isoflop/tensor";

/** Numbers of a trained network, row-major. */
export interface Weights {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** A layer reads values by name and gives the value of its own. */
interface Named {
  readonly name: string;
  readonly inputs: readonly string[];
}

/** What surrounds an image: [[top, bottom], [left, right]], or as much as keeps ceil(size / stride) windows. */
export type Padding = "same" | readonly [Pair, Pair];

export interface Windows {
  readonly stride: Pair;
  readonly dilation: Pair;
  readonly padding: Padding;
}

export interface ConvolutionLayer extends Named, Windows {
  readonly kind: "convolution";
  /** [rows, columns, in / groups, out] */
  readonly kernel: Weights;
  /** [out] */
  readonly bias?: Weights;
  readonly groups: number;
  readonly activation: Activation;
}

/** scale * x + shift for each channel: a batch norm with fixed statistics. */
export interface AffineLayer extends Named {
  readonly kind: "affine";
  readonly scale: Weights;
  readonly shift: Weights;
}

/** A function of every element, of which `low` and `high` are the limits of "clip", and `slope` that of "leakyRelu". */
export interface PointwiseLayer extends Named {
  readonly kind: "pointwise";
  readonly function:
    | "relu"
    | "relu6"
    | "clip"
    | "leakyRelu"
    | "sigmoid"
    | "tanh"
    | "hardSigmoid"
    | "hardSwish"
    | "silu"
    | "gelu";
  readonly low?: number;
  readonly high?: number;
  readonly slope?: number;
}

/** Two values, or a value and weights, element by element. */
export interface ArithmeticLayer extends Named {
  readonly kind: "arithmetic";
  readonly function: "add" | "sub" | "mul" | "div";
}

/** Zeros around images. */
export interface PadLayer extends Named {
  readonly kind: "pad";
  readonly padding: readonly [Pair, Pair];
}

export interface PoolLayer extends Named, Windows {
  readonly kind: "pool";
  readonly function: "max" | "average";
  readonly size: Pair;
  /** Whether zeros around the image count in means. */
  readonly countsPadding?: boolean;
}

/** The mean of each channel over the image, which keeps its axes with size 1 if `keep`. */
export interface GlobalPoolLayer extends Named {
  readonly kind: "globalPool";
  readonly function: "max" | "average";
  readonly keep: boolean;
}

export interface ConcatLayer extends Named {
  readonly kind: "concat";
  readonly axis: number;
}

/** x W + b for W [in, out]. */
export interface LinearLayer extends Named {
  readonly kind: "linear";
  readonly weight: Weights;
  readonly bias?: Weights;
}

/** The product of two values, or of a value and weights, as NumPy's. */
export interface MatmulLayer extends Named {
  readonly kind: "matmul";
}

/** To these sizes, of which one may be -1; 0 keeps that of the operand. The first is the batch's whatever it says. */
export interface ReshapeLayer extends Named {
  readonly kind: "reshape";
  readonly shape: readonly number[];
}

/** One row for each image. */
export interface FlattenLayer extends Named {
  readonly kind: "flatten";
}

export interface TransposeLayer extends Named {
  readonly kind: "transpose";
  readonly order: readonly number[];
}

export interface SoftmaxLayer extends Named {
  readonly kind: "softmax";
  readonly axis: number;
}

export interface MeanLayer extends Named {
  readonly kind: "mean";
  readonly axes: readonly number[];
  readonly keep: boolean;
}

/** The same value under another name: a dropout, once trained. */
export interface IdentityLayer extends Named {
  readonly kind: "identity";
}

export type Layer =
  | ConvolutionLayer
  | AffineLayer
  | PointwiseLayer
  | ArithmeticLayer
  | PadLayer
  | PoolLayer
  | GlobalPoolLayer
  | ConcatLayer
  | LinearLayer
  | MatmulLayer
  | ReshapeLayer
  | FlattenLayer
  | TransposeLayer
  | SoftmaxLayer
  | MeanLayer
  | IdentityLayer;

/** A trained network: layers in an order in which each reads what is there. */
export interface Network {
  /** Name of the images. */
  readonly input: string;
  /** What the axes of four-dimensional values mean to its layers. Values lie channels last whatever they mean. */
  readonly axes: "NCHW" | "NHWC";
  readonly layers: readonly Layer[];
  /** Values that layers read and none gives. */
  readonly constants: ReadonlyMap<string, Weights>;
  /** The value that it gives unless another is asked for. */
  readonly output: string;
}
