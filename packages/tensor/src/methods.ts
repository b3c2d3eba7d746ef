import type { DType } from "./dtype.js";
import { Tensor as Recorded } from "./graph/tensor.js";
import { abs } from "./ops/abs-and-sign.js";
import { add, div, mul, neg, sub } from "./ops/arithmetic.js";
import { sum } from "./ops/broadcast-and-sum.js";
import { cast } from "./ops/cast.js";
import { exp, log } from "./ops/exp-and-log.js";
import { matmul } from "./ops/matmul.js";
import { max } from "./ops/max-and-min.js";
import { permute, transpose } from "./ops/permute.js";
import { pow } from "./ops/pow.js";
import { reshape } from "./ops/reshape.js";
import { sqrt } from "./ops/roots.js";
import { type Range, slice } from "./ops/slice-and-pad.js";
import { mean } from "./ops/statistics.js";
import type { Shape } from "./shape.js";
import type { BroadcastShape, MatmulShape, PermuteShape, ReduceShape } from "./types/shape.js";

/** @inline */
type Reduce<S extends Shape> = <
  const A extends number | readonly number[] | undefined = undefined,
  const K extends boolean = false,
>(
  axes?: A,
  options?: { readonly keepDims?: K },
) => Tensor<ReduceShape<S, A, K>>;

/** @inline */
type Binary<S extends Shape, D extends DType> = {
  (other: number): Tensor<S, D>;
  <T extends Shape>(other: Tensor<T>): Tensor<BroadcastShape<S, T>, D>;
};

/** The common ops as methods; every op is also a function of its own. */
export interface TensorMethods<S extends Shape, D extends DType> {
  readonly add: Binary<S, D>;
  readonly sub: Binary<S, D>;
  readonly mul: Binary<S, D>;
  readonly div: Binary<S, D>;
  readonly pow: Binary<S, D>;
  neg(): Tensor<S, D>;
  abs(): Tensor<S, D>;
  exp(): Tensor<S, D>;
  log(): Tensor<S, D>;
  sqrt(): Tensor<S, D>;
  matmul<T extends Shape>(other: Tensor<T>): Tensor<MatmulShape<S, T>>;
  reshape<const T extends Shape>(shape: T): Tensor<T, D>;
  permute<const P extends readonly number[]>(order: P): Tensor<PermuteShape<S, P>, D>;
  transpose(): Tensor<readonly number[], D>;
  slice(ranges: readonly (Range | number | null)[]): Tensor<readonly number[], D>;
  cast<E extends DType>(dtype: E): Tensor<S, E>;
  readonly sum: Reduce<S>;
  readonly mean: Reduce<S>;
  readonly max: Reduce<S>;
}

declare module "./graph/tensor.js" {
  interface Tensor<S extends Shape = Shape, D extends DType = DType> extends TensorMethods<S, D> {}
}

const functions = {
  add,
  sub,
  mul,
  div,
  pow,
  neg,
  abs,
  exp,
  log,
  sqrt,
  matmul,
  reshape,
  permute,
  transpose,
  slice,
  cast,
  sum,
  mean,
  max,
};

/** Gives tensors their methods. Apart from the class, so that ops can know tensors without tensors knowing ops. */
const install = (tensor: typeof Recorded): typeof Recorded => {
  for (const [name, f] of Object.entries(functions))
    Object.defineProperty(tensor.prototype, name, {
      value(this: Tensor, ...rest: readonly unknown[]) {
        return (f as (...args: readonly unknown[]) => unknown)(this, ...rest);
      },
      configurable: true,
    });
  return tensor;
};

/**
 * A tensor: a value that is computed when it is read. Importing the class, from any entry of the package, gives tensors their methods.
 * @class
 */
export const Tensor: typeof Recorded = install(Recorded);
export type Tensor<S extends Shape = Shape, D extends DType = DType> = Recorded<S, D>;
