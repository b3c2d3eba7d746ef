import type { DType } from "../dtype.js";

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

/** Scalar functions of one f32. `gelu` is the tanh form; `geluGrad` its derivative. `round` is to even. */
export type UnaryFloat =
  | "neg"
  | "abs"
  | "sign"
  | "floor"
  | "ceil"
  | "round"
  | "sqrt"
  | "rsqrt"
  | "reciprocal"
  | "exp"
  | "log"
  | "sin"
  | "cos"
  | "tanh"
  | "erf"
  | "sigmoid"
  | "gelu"
  | "geluGrad";

/**
 * Every scalar function a backend must know. Operand dtypes: UnaryFloat, `div`, `pow`: f32. `add` `sub` `mul` `max` `min`: f32, i32,
 * u32 (integers wrap). `lt` `le` `eq`: f32, i32, u32, giving bool. `and` `or` `xor`: u32, i32, bool. `shl` `shr`: u32 (`shr`
 * logical; counts below 32). `rem` `quo`: u32 (a zero divisor gives 0). `not`: bool. `select(condition, a, b)`: bool and two
 * of one dtype. `cast`: value conversion between any two dtypes (float to integer truncates and saturates, NaN gives 0; to bool is
 * "differs from zero"). `bitcast`: same bits, between f32, i32, u32.
 */
export type ScalarOp =
  | UnaryFloat
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "pow"
  | "max"
  | "min"
  | "lt"
  | "le"
  | "eq"
  | "and"
  | "or"
  | "xor"
  | "shl"
  | "shr"
  | "rem"
  | "quo"
  | "not"
  | "select"
  | "cast"
  | "bitcast";

/** One instruction of a pointwise program in SSA form. `dtype` is that of its result. */
export type Instruction =
  | { readonly op: ScalarOp; readonly args: readonly number[]; readonly dtype: DType }
  /** The same value everywhere. `value` is the number it stands for (f32: rounded to f32; bool: 0 or 1). */
  | { readonly op: "constant"; readonly value: number; readonly dtype: DType }
  /** The coordinate along `axis` of the iteration space. */
  | { readonly op: "iota"; readonly axis: number; readonly dtype: "i32" | "u32" | "f32" };

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
 * A kernel found by op name in the backend. Outputs are contiguous. Inputs are contiguous unless the op says otherwise. Known to the core:
 *
 * - `matmul` {scale}: A [..b, M, K], B [..b, K, N], optional addend [..b, M, N] -> [..b, M, N] = scale * A B + addend. At most two batch
 *   dimensions (0, 1 or 2, all operands alike; stride 0 broadcasts). The last two strides of A and of B are (s, 1) or (1, s) with any s; the
 *   addend has any strides (a bias is (0, 1), a residual (N, 1)).
 * - `softmax` {log}: x [rows, cols] -> y. `softmaxBackward`: y, dy [rows, cols] -> y * (dy - sum(y * dy)).
 * - `normalize` {eps, center}: x [rows, cols] -> xhat [rows, cols], rstd [rows]; center: subtract the mean (layer norm) or not (RMS norm);
 *   rstd = 1/sqrt(mean square + eps) after centring. `normalizeBackward` {center}: dxhat, xhat [rows, cols], rstd [rows] -> dx.
 * - `attention` {scale}: q [B, Sq, H, D], k, v [B, Sk, H, D], any strides but 1 along D -> out [B, Sq, H, D], lse [B, H, Sq]
 *   (natural log-sum-exp of the scaled scores). `attentionBackward` {scale}: q, k, v, out, lse, dout -> dq, dk, dv.
 * - `take`: table [rows, width], indices i32 [n] -> [n, width]; a row outside the table is NaN (f32) or 0.
 *   `scatterAdd` : indices i32 [n], updates f32 [n, width] -> [rows, width]; sums in index order; outside rows are ignored.
 * - `gather`: x [outer, axis, inner], indices i32 [outer, k, inner] -> [outer, k, inner]; `gatherBackward`: indices, dy -> [outer, axis, inner].
 * - `cumsum` {reverse}: x f32 [outer, n, inner] -> inclusive running sum along n.
 * - `randomBits`: key u32 [2] -> u32 [n]: Threefry-2x32-20 of counter (0, i) under the key; element i is word0 ^ word1.
 * - `randomKeys`: key u32 [2] -> u32 [n, 2]: both words of the same block.
 * - `permutation`: key u32 [2] -> i32 [n] (see random/permutation.ts for the exact bijection).
 */
export interface CallKernel {
  readonly kind: "call";
  readonly op: string;
  readonly name: string;
  readonly inputs: readonly View[];
  readonly outputs: readonly View[];
  readonly attrs: Readonly<Record<string, number | boolean>>;
}

/** Views a kernel reads. */
export const kernelInputs = (kernel: Kernel): readonly View[] =>
  kernel.kind === "call" ? kernel.inputs : kernel.program.loads;

/** Views a kernel writes. */
export const kernelOutputs = (kernel: Kernel): readonly View[] =>
  kernel.kind === "reduce" ? [kernel.output] : kernel.outputs;
