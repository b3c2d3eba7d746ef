import type { DType } from "../dtype.js";
import type { Shape } from "../shape.js";

/** What is known of a value before it exists. */
export interface Aval {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** A value of the float64 reference: integers and booleans are held as numbers too. */
export interface ReferenceArray extends Aval {
  readonly data: Float64Array;
}

/** Static parameters of a node. They are part of the program, so nothing that changes from step to step belongs here. */
export type Attrs = Readonly<Record<string, unknown>>;

export type NoAttrs = Readonly<Record<never, never>>;

/** The operands or results of an op by name, such as `["a", "b", "addend"?]`; `string[]` where there may be any number. */
export type Names = readonly (string | undefined)[];

/** What `f` makes of each, in a tuple where they are one. */
export const mapEach = <const T extends readonly unknown[], R>(
  items: T,
  f: (item: T[number], index: number) => R,
): { readonly [I in keyof T]: R } => items.map(f) as { readonly [I in keyof T]: R };

/** One `T` for each name. */
export type Each<N extends Names, T> = { readonly [I in keyof N]: T };
