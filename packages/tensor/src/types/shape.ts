import type { Shape } from "../shape.js";

/**
 * Shapes as types. Literal sizes are followed where they are known; anything else widens to `number` or to `readonly number[]`, never to an
 * error: the runtime rules are the single truth.
 */

/** True for a tuple of known length, false for `readonly number[]`. */
type IsTuple<S extends Shape> = number extends S["length"] ? false : true;

type Broad<N, M> = number extends N
  ? M extends 1
    ? N
    : number extends M
      ? number
      : M
  : number extends M
    ? N extends 1
      ? number
      : N
    : N extends 1
      ? M
      : M extends 1
        ? N
        : N extends M
          ? N
          : never;

type BroadcastTuples<A extends Shape, B extends Shape, Out extends Shape = []> = A extends readonly [
  ...infer AHead extends Shape,
  infer N,
]
  ? B extends readonly [...infer BHead extends Shape, infer M]
    ? BroadcastTuples<AHead, BHead, [Broad<N, M> & number, ...Out]>
    : [...A, ...Out]
  : [...B, ...Out];

/** The shape of `a + b`. Sizes that cannot meet give `never` in their place. */
export type BroadcastShape<A extends Shape, B extends Shape> =
  IsTuple<A> extends true ? (IsTuple<B> extends true ? BroadcastTuples<A, B> : readonly number[]) : readonly number[];

/** The shape of a permutation. */
export type PermuteShape<S extends Shape, P extends readonly number[]> =
  IsTuple<S> extends true
    ? { [I in keyof P]: P[I] extends keyof S ? (number extends P[I] ? number : S[P[I]] & number) : number }
    : readonly number[];

type DropAxis<S extends Shape, I extends number, K extends boolean, Count extends unknown[] = []> = S extends readonly [
  infer Head extends number,
  ...infer Rest extends Shape,
]
  ? Count["length"] extends I
    ? K extends true
      ? [1, ...Rest]
      : Rest
    : [Head, ...DropAxis<Rest, I, K, [...Count, unknown]>]
  : [];

/** The shape after a reduction over all axes or one literal axis; several axes widen. */
export type ReduceShape<S extends Shape, A, K extends boolean> = A extends undefined
  ? K extends true
    ? readonly number[]
    : []
  : IsTuple<S> extends true
    ? A extends number
      ? number extends A
        ? readonly number[]
        : `${A}` extends `-${string}`
          ? readonly number[]
          : DropAxis<S, A, K>
      : readonly number[]
    : readonly number[];

/** The shape of a matrix product of two matrices; batches widen. */
export type MatmulShape<A extends Shape, B extends Shape> = A extends readonly [infer M extends number, number]
  ? B extends readonly [number, infer N extends number]
    ? [M, N]
    : readonly number[]
  : readonly number[];
