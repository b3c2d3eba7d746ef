import type { ResolvedExperts } from "./experts.js";

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

/** Size of what is denoised; `frames` where it is a video. */
export interface ImageSize {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly frames?: number;
}

export const normKinds = ["layer", "rms"] as const;
export type NormKind = (typeof normKinds)[number];

export const mlpKinds = ["gelu", "swiglu"] as const;
export type MlpKind = (typeof mlpKinds)[number];

export const positionKinds = ["sincos", "learned", "rope", "sincos+rope"] as const;
export type Positions = (typeof positionKinds)[number];

export const queryKeyNorms = ["none", "rms", "rms+cross"] as const;
export type QueryKeyNorm = (typeof queryKeyNorms)[number];

/** Patches along each axis of what is denoised. Tokens are ordered by frame, then row, then column. */
export interface Grid {
  readonly frames: number;
  readonly rows: number;
  readonly columns: number;
}

/** A checked parameterization: of muP also the base model. */
export type ResolvedParameterization =
  | { readonly kind: "standard" }
  | { readonly kind: "muP"; readonly baseWidth: number; readonly baseHeads: number; readonly base: Resolved };

/** A config with its defaults filled in and its derived sizes beside it, of a conditioning C; see `DitConfig` for what a field means. */
export interface Resolved<C extends string = string> {
  readonly image: ImageSize;
  readonly patch: number;
  readonly patchFrames: number;
  readonly width: number;
  readonly depth: number;
  readonly heads: number;
  readonly mlpRatio: number;
  readonly outChannels: number;
  readonly conditioning: C;
  readonly context: Context;
  readonly timeScale: number;
  readonly timeFeatures: number;
  readonly guidance: boolean;
  readonly positions: Positions;
  readonly qkNorm: QueryKeyNorm;
  readonly norm: NormKind;
  readonly mlp: MlpKind;
  readonly registers: number;
  readonly experts?: ResolvedExperts;
  readonly parameterization: ResolvedParameterization;
  /** What queries times keys are multiplied by. */
  readonly attentionScale: number;
  /** Patches along each axis: 1 of frames where the config is of images. */
  readonly grid: Grid;
  /** T, the image tokens of one sample. */
  readonly imageTokens: number;
  /** 1 where time is a token that the blocks read, 0 where it is added or modulates. */
  readonly timeTokens: 0 | 1;
  /** Tokens that carry context into the blocks; 0 where there is none. */
  readonly contextTokens: number;
  /** Width of the hidden layer of the MLP. */
  readonly mlpWidth: number;
}

/** Numbers of one patch and channel. */
export const patchSize = ({ patch, patchFrames }: Pick<Resolved, "patch" | "patchFrames">): number =>
  patchFrames * patch ** 2;

/** The table that is added to image tokens, if any. */
export const positionTableOf = ({ positions }: Pick<Resolved, "positions">): "sincos" | "learned" | undefined =>
  positions === "rope" ? undefined : positions === "learned" ? "learned" : "sincos";

/** Whether queries and keys of image tokens are turned by their place. */
export const isRotary = ({ positions }: Pick<Resolved, "positions">): boolean => positions.endsWith("rope");

/** Rows of the label table. */
export const labelRows = ({ classes, nullLabel = true }: Extract<Context, { kind: "classes" }>): number =>
  nullLabel ? classes + 1 : classes;
