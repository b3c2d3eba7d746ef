import type { ScalarFunction } from "../backends/scalars.js";
import type { Layout } from "../compile/layout.js";
import type { Aval, Each, Names } from "./aval.js";

/** How a backend gets from a node to kernels. */
export type Lowering<A, I extends Names = Names> =
  /** One scalar function at every point; operands and result have one shape. */
  | { readonly kind: "scalar"; readonly scalar: ScalarFunction }
  /** One value everywhere; it is never stored when it can be inlined. */
  | { readonly kind: "constant"; value(attrs: A): number }
  /** The coordinate along an axis, inlined like a constant. */
  | { readonly kind: "iota"; axis(attrs: A): number }
  /** The same elements under another layout; undefined if strides cannot express it. */
  | { readonly kind: "view"; layout(input: Layout, output: Aval, attrs: A): Layout | undefined }
  /** Axes are sorted, distinct and stay with size 1. */
  | { readonly kind: "reduce"; readonly reduce: "sum" | "max" | "min"; axes(attrs: A): readonly number[] }
  /** Every input is written to its own window of the output; points outside all windows hold `fill`. */
  | {
      readonly kind: "windows";
      windows(output: Layout, inputs: Each<I, Aval>, attrs: A): readonly Layout[];
      fill?(attrs: A): number;
    }
  /** A kernel the backend has under the op's name, for operands and results as the op's rule (`infer`) has them; decomposed where it has none. */
  | {
      readonly kind: "call";
      /** Whether kernels read an operand as it lies. They read contiguous ones always; others are copied unless this says so. */
      reads?(layout: Layout, operand: number): boolean;
      /** Whether its FLOPs are those of matrix products, which scaling laws count. */
      readonly product?: boolean;
    }
  /** Always replaced by its decomposition. */
  | { readonly kind: "composite" };
