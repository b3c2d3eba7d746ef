import type { ScalarOp } from "../compile/kernel.js";
import type { Layout } from "../compile/layout.js";
import type { DType } from "../dtype.js";
import type { Shape } from "../shape.js";
import type { Tensor } from "./tensor.js";

/** What is known of a value before it exists. */
export interface Aval {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** Static parameters of a node. They are part of the program, so nothing that changes from step to step belongs here. */
export type Attrs = Readonly<Record<string, unknown>>;

/** A value of the float64 reference: integers and booleans are held as numbers too. */
export interface ReferenceArray extends Aval {
  readonly data: Float64Array;
}

export interface VjpContext<A> {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly attrs: A;
  /** d loss / d output, one per output; zeros where nothing flows back. */
  readonly cotangents: readonly Tensor[];
  /** Whether the gradient of input `i` is wanted: the others need not be computed. */
  needs(i: number): boolean;
  /** Whether anything flows back into output `i`; if not, its cotangent is all zeros. */
  flows(i: number): boolean;
}

/** How a backend gets from a node to kernels. */
export type Lowering<A> =
  /** One scalar instruction at every point; operands and result have one shape. */
  | { readonly kind: "scalar"; readonly scalar: ScalarOp }
  /** A value computed from the coordinates alone; it is never stored when it can be inlined. */
  | { readonly kind: "constant" }
  | { readonly kind: "iota" }
  /** The same elements under another layout; undefined if strides cannot express it. */
  | { readonly kind: "view"; layout(input: Layout, output: Aval, attrs: A): Layout | undefined }
  | { readonly kind: "reduce"; readonly reduce: "sum" | "max" | "min" }
  /** Every input is written to its own window of the output; points outside all windows hold `fill`. */
  | {
      readonly kind: "windows";
      windows(output: Layout, inputs: readonly Aval[], attrs: A): readonly Layout[];
      fill?(attrs: A): number;
    }
  /** A kernel the backend knows by the op's name; decomposed where it does not. */
  | { readonly kind: "call" }
  /** Always replaced by its decomposition. */
  | { readonly kind: "composite" };

/** One case for the generated checks: shapes, attributes, and values inside the op's domain. */
export interface OpExample<A> {
  readonly inputs: readonly {
    readonly shape: Shape;
    readonly dtype?: DType;
    /** Uniform range of the values; [-2, 2] unless told. Keep away from kinks and poles. */
    readonly range?: readonly [number, number];
    /** These values instead. */
    readonly values?: readonly number[];
  }[];
  readonly attrs: A;
}

/**
 * Everything that is known about an operation, in one place. Autodiff, FLOP counts, the float64 reference, both generated
 * checks and the lowering to every backend follow from it.
 */
export interface Op<A extends Attrs = Attrs> {
  readonly name: string;
  /** Shape and dtype rule. Throws a TensorError that names the op and the operand shapes. */
  infer(inputs: readonly Aval[], attrs: A): readonly Aval[];
  readonly lowering: Lowering<A>;
  /** Floating-point operations; a multiply-add counts 2. Absent: counted on the decomposition, or none. */
  flops?(inputs: readonly Aval[], outputs: readonly Aval[], attrs: A): number;
  /** Gradients of the inputs, undefined where there is none. Absent or "decompose": differentiated through the decomposition. */
  vjp?(context: VjpContext<A>): readonly (Tensor | undefined)[] | "decompose";
  /** The op in float64. Absent: the decomposition's. */
  reference?(inputs: readonly ReferenceArray[], attrs: A, outputs: readonly Aval[]): readonly Float64Array[];
  /** The same result in smaller ops. */
  decompose?(inputs: readonly Tensor[], attrs: A): readonly Tensor[];
  /** False for ops no gradient passes through (comparisons, random bits, `stopGradient`). */
  readonly differentiable?: boolean;
  readonly examples: readonly OpExample<A>[];
}

/** Declares an op. The result goes to `apply` and, for the core's own, into the list in `ops/index.ts`. */
export function defineOp<A extends Attrs>(op: Op<A>): Op<A> {
  return op;
}
