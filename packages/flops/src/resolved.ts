import type { ResolvedParameterization } from "./parameterization.js";

/**
 * What the model is told besides time.
 * - `none`: nothing.
 * - `classes`: one of `classes` labels, looked up in a table with one more row for "no label" (guidance); without it where
 *   `nullLabel` is false, as the official DiT has it with a class dropout of 0.
 * - `words`: `tokens` word ids, looked up in a table of `vocabulary` rows, plus a learned position per token.
 * - `features`: `tokens` vectors of `dim` numbers from a frozen encoder; `pooled` is the length of the encoder's pooled
 *   vector, which only `mmDit` takes.
 *
 * Words and features are `masked` where captions are of unlike lengths and what pads them is not looked at: no key of attention, no part of a
 * mean. It decides what weights mean and no count: products are dense, so padding is paid for.
 */
export type Context =
  | { readonly kind: "none" }
  | { readonly kind: "classes"; readonly classes: number; readonly nullLabel?: boolean }
  | { readonly kind: "words"; readonly tokens: number; readonly vocabulary: number; readonly masked?: boolean }
  | {
      readonly kind: "features";
      readonly tokens: number;
      readonly dim: number;
      readonly pooled?: number;
      readonly masked?: boolean;
    };

/** A config with its defaults filled in and its derived sizes beside it, of a conditioning C; see `DitConfig` for what a field means. */
export interface Resolved<C extends string = string> {
  readonly image: { readonly height: number; readonly width: number; readonly channels: number };
  readonly patch: number;
  readonly width: number;
  readonly depth: number;
  readonly heads: number;
  readonly mlpRatio: number;
  readonly outChannels: number;
  readonly conditioning: C;
  readonly context: Context;
  readonly timeScale: number;
  readonly positions: "sincos" | "learned";
  readonly qkNorm: "none" | "rms";
  readonly parameterization: ResolvedParameterization;
  /** What queries times keys are multiplied by. */
  readonly attentionScale: number;
  /** T, the image tokens of one sample. */
  readonly imageTokens: number;
  /** 1 where time is a token that the blocks read, 0 where it is added or modulates. */
  readonly timeTokens: 0 | 1;
  /** Tokens that carry context into the blocks; 0 where there is none. */
  readonly contextTokens: number;
  /** Width of the hidden layer of the MLP. */
  readonly mlpWidth: number;
}

/** Rows of the label table. */
export const labelRows = ({ classes, nullLabel = true }: Extract<Context, { kind: "classes" }>): number =>
  nullLabel ? classes + 1 : classes;
