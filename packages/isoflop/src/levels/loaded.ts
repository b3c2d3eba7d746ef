import type { Prediction } from "@isoflop/diffusion";
import type { LevelsOptions, LevelTable } from "@isoflop/scaling";
import type { InputFile } from "../files/read.js";
import type { UsedPoints } from "../fit/saved.js";

/** What the losses are, beside what a law says of them. */
export interface LevelsAbout {
  readonly path: string;
  readonly errorIn: Prediction;
  /** Of runs of a folder: what the levels are made from. */
  readonly from?: LevelsFrom;
  /** What to doubt of a loss that was asked for, in words. */
  readonly cautions?: readonly string[];
}

/** The losses of the samples of every run, or where not all kept them, the means of parts of the clock that their results have. */
export type LevelsFrom =
  | { readonly kind: "samples"; readonly samples: number; readonly bins: number }
  | { readonly kind: "bins"; readonly bins: number };

/** Losses by noise level, what is asked of them, and what became of rows or runs. */
export interface LoadedLevels {
  readonly table: LevelTable;
  readonly sums: NonNullable<LevelsOptions["sums"]>;
  readonly points: UsedPoints;
  readonly origin: InputFile;
  readonly about: LevelsAbout;
}
