import type { Context, DitConfig, ResolvedConfig } from "@isoflop/flops";
import type { Named } from "@isoflop/spec";
import type { NamedArray } from "../buffers.js";
import type { NamedSpecs } from "../spec.js";

/** Of an array of ours, cut along its first axis into `of` equal parts, those of `take`, one after the other. */
export interface Rows {
  readonly take: readonly number[];
  readonly of: number;
}

/** An array of a file that holds a parameter, or part of one. Several may hold the same: copies. */
export interface StoredParameter {
  /** As the file spells it. */
  readonly name: string;
  /** The parameter, as we spell it. */
  readonly of: string;
  /** All of it unless said. */
  readonly rows?: Rows;
}

/** An array of a file that the config decides, such as a position table. */
export interface StoredTable {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: () => Float32Array;
  /** In a message: "is not the WHAT of this config". */
  readonly what: string;
  /** In a message, what an array with other numbers is likely to be. */
  readonly otherwise?: string;
  /** Positions are written where they are asked for and not missed where a file has none; all else belongs to the file. */
  readonly positions?: true;
}

/** An array of a file that is data and no part of a model: it is passed over, and the caller gives it to a file that is written. */
export interface StoredData {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: true;
}

export type Stored = StoredParameter | StoredTable | StoredData;

/**
 * The configs that a layout holds: of each field the values that it may have. Sizes that are not named may be any, other fields what they are
 * where a config does not say them, those too that configs will have one day.
 */
export type Holds = {
  readonly [F in Exclude<keyof ResolvedConfig & keyof DitConfig, "image" | "context">]?:
    | readonly ResolvedConfig[F][]
    | "any";
} & {
  readonly context?: readonly Context["kind"][];
  /** A context with a pooled vector alone. */
  readonly pooled?: true;
  /** Files are of images of as many rows as columns alone; what they hold may be read for another image. */
  readonly square?: true;
};

/** How a code base spells and cuts the arrays of a model: one file a layout. */
export interface WeightLayout extends Named {
  readonly name: string;
  /**
   * Names that every file has, after a prefix, the first in any case, of others one of several: a file is known by them, and of two layouts that
   * fit, by the more of them.
   */
  readonly marks: readonly [string, ...(string | readonly string[])[]];
  readonly holds: Holds | "all";
  /** Our name of a parameter, as a file of this layout begins to spell it: of copies and parts the first. Undefined where there is no place. */
  spelled(name: string): string | undefined;
  /** Every array of a file, in the order of the model's state dict. */
  arrays(config: DitConfig, parameters: NamedSpecs): readonly Stored[];
  /** Names of a file that serve other purposes. */
  readonly passedOver?: RegExp;
  /** Other forms that files of this layout have, brought to the one that it writes. Arrays may be of any shape: those that are unfit stay. */
  canonical?(arrays: ReadonlyMap<string, NamedArray>, config: DitConfig): ReadonlyMap<string, NamedArray>;
}
