import type { ScalarFunction } from "../backends/scalars.js";
import type { DType } from "../dtype.js";
import type { Attrs, Each, Names } from "../graph/aval.js";
import type { Op } from "../graph/tensor.js";

/**
 * Kernels: what a captured program is made of once the graph has been simplified, fused and planned, and all that a
 * backend has to run. Three archetypes cover every op: pointwise chains, reductions with a pointwise prologue, and
 * calls to a named kernel.
 */
export type Kernel = PointwiseKernel | ReduceKernel | CallKernel;

/** A strided window on the buffer bound to `slot`. Strides and offset count elements; stride 0 broadcasts. */
export interface View {
  readonly slot: number;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;
}

/** A scalar function of SSA values. */
export interface ScalarCall {
  readonly op: ScalarFunction;
  readonly args: readonly number[];
  readonly dtype: DType;
}

/** One instruction of a pointwise program in SSA form. `dtype` is that of its result. */
export type Instruction =
  | ScalarCall
  /** The same value everywhere. `value` is the number it stands for (f32: rounded to f32; bool: 0 or 1). */
  | { readonly op: "constant"; readonly value: number; readonly dtype: DType }
  /** The coordinate along `axis` of the iteration space. */
  | { readonly op: "iota"; readonly axis: number; readonly dtype: DType };

/**
 * A straight-line scalar program run at every point of a row-major iteration space `shape`. SSA value `i` is load `i` for
 * `i < loads.length`, then instruction `i - loads.length`. Each load's view has exactly the iteration `shape`.
 */
export interface PointwiseProgram {
  readonly shape: readonly number[];
  readonly loads: readonly View[];
  readonly body: readonly Instruction[];
  /** SSA values that leave the program, one per output. */
  readonly results: readonly number[];
}

/** The dtype of every SSA value of a program. */
export const dtypesOf = ({ loads, body }: PointwiseProgram): readonly DType[] =>
  [...loads, ...body].map(({ dtype }) => dtype);

/**
 * `outputs[i][p] = results[i] at p`. Output views have the iteration shape, no stride 0, and may be strided (concatenation writes into a window).
 * An output may share slot *and* layout with a load (an in-place update): each point is read before it is written.
 */
export interface PointwiseKernel {
  readonly kind: "pointwise";
  readonly name: string;
  readonly program: PointwiseProgram;
  readonly outputs: readonly View[];
}

/**
 * Reduces a one-result program. The iteration space, row-major, splits into outer x reduced x inner (products of leading, middle and
 * trailing dimensions); output is contiguous with outer*inner elements. f32 sums are pairwise or blocked, in an order
 * fixed by the shape alone. `max`/`min` propagate NaN.
 */
export interface ReduceKernel {
  readonly kind: "reduce";
  readonly name: string;
  readonly reduce: "sum" | "max" | "min";
  readonly program: PointwiseProgram;
  readonly outer: number;
  readonly reduced: number;
  readonly inner: number;
  readonly output: View;
}

/**
 * A kernel found by op name in the backend. Operands and results are as the op's rule has them; outputs are contiguous, and so are inputs but where
 * the op says what else its kernels read.
 */
export interface CallKernel<A extends Attrs = Attrs, I extends Names = Names, O extends Names = Names> {
  readonly kind: "call";
  readonly op: string;
  readonly name: string;
  readonly inputs: Each<I, View>;
  readonly outputs: Each<O, View>;
  readonly attrs: A;
}

/** The kernel of an op: `KernelOf<typeof matmulOp>`. */
export type KernelOf<F> = F extends Op<infer A, infer I, infer O> ? CallKernel<A, I, O> : never;

/** Views a kernel reads. */
export const kernelInputs = (kernel: Kernel): readonly View[] =>
  kernel.kind === "call" ? kernel.inputs : kernel.program.loads;

/** Views a kernel writes. */
export const kernelOutputs = (kernel: Kernel): readonly View[] =>
  kernel.kind === "reduce" ? [kernel.output] : kernel.outputs;
