import type { Scalar } from "../opcodes.js";
import type { Window } from "./window.js";

/** Where a value is while a tile is evaluated. */
export type Place =
  | { readonly kind: "inPlace"; readonly index: number }
  | { readonly kind: "cell"; readonly index: number }
  | { readonly kind: "tile"; readonly index: number };

/** An argument of an encoded instruction: a plain word, an operand, or the program offset of a window. */
export type Argument = number | Place | Window;

/** One instruction of the tile machine. */
export interface TileInstruction {
  readonly op: Scalar;
  /** Where the result goes; of `Scatter` where the values are. */
  readonly target: Place;
  readonly args: readonly Argument[];
}

export const isPlace = (argument: Argument): argument is Place => typeof argument !== "number" && "kind" in argument;

export const samePlace = (a: Place, b: Place): boolean => a.kind === b.kind && a.index === b.index;
