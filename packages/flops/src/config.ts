import type { KnownConditioning } from "./architectures/index.js";
import type { Experts } from "./experts.js";
import type { Context, ImageSize, MlpKind, NormKind, Positions, QueryKeyNorm, Resolved } from "./resolved.js";

/** How time and context reach the blocks: the name of one of `architectures`, of this package or from outside. */
export type Conditioning = KnownConditioning | (string & Record<never, never>);

/**
 * How initial weights, learning rates and attention's scale follow the width. "standard": as the published models have them. "muP": the
 * maximal update parametrization (Tensor Programs V, arXiv 2203.03466, table 3; for diffusion transformers arXiv 2505.15270), under which the
 * best learning rate is the same at every width. It is told from a base model: this config at `baseWidth`, whose initial weights and rates are
 * the standard ones.
 */
export type Parameterization =
  | { readonly kind: "standard" }
  | {
      readonly kind: "muP";
      /** Width of the base model. */
      readonly baseWidth: number;
      /** Heads of the base model; as many as this one's unless told, so that a head is wider in a wider model. Divides `baseWidth`. */
      readonly baseHeads?: number;
    };

/** A diffusion transformer as a plain record: enough to build it, to count it and to hash it. */
export interface DitConfig {
  /** Size of what is denoised: pixels or latents. `patch` divides height and width, `patchFrames` the frames of a video. */
  readonly image: ImageSize;
  /** Side of a square patch. The sequence has (height / patch) · (width / patch) image tokens, as many for each `patchFrames` frames. */
  readonly patch: number;
  /** Frames of a patch where `image.frames` is given. Default 1. */
  readonly patchFrames?: number;
  /** Width d of the residual stream; divided by `heads`. */
  readonly width: number;
  /** Number of blocks. */
  readonly depth: number;
  readonly heads: number;
  /** MLP width over d, rounded down as the official code does. Default 4. */
  readonly mlpRatio?: number;
  /**
   * The MLP of a block: Linear, GELU, Linear (default), or SwiGLU (arXiv 2002.05202) at two thirds of that width, rounded down, which has as
   * many parameters (LightningDiT).
   */
  readonly mlp?: MlpKind;
  /** Every norm of the blocks and the last one: layer norm (default), or root-mean-square norm, which has no mean to take off and no shift. */
  readonly norm?: NormKind;
  /** Channels of the output: `image.channels` (the default), or twice that with a learned variance. */
  readonly outChannels?: number;
  readonly conditioning: Conditioning;
  readonly context: Context;
  /** Learned tokens that every block reads beside the others and no readout sees (arXiv 2309.16588; sd3-ref). Default 0. */
  readonly registers?: number;
  /**
   * How time reaches `inContext` and `crossAttention`, which do not modulate by it: as a token of its own (default), or added to
   * every token of the sequence that the blocks transform, as in Diffusion-LM (arXiv 2205.14217).
   */
  readonly time?: "token" | "added";
  /**
   * What t, from 0 to 1, is multiplied by before its sines and cosines are taken. Default 1000: DiT counts steps 0 .. 999. SiT, REPA and
   * LightningDiT feed t as it is, 1. It decides what weights mean and no count.
   */
  readonly timeScale?: number;
  /** Length of the sine-cosine features of time, and of guidance: even. Default 256. */
  readonly timeFeatures?: number;
  /** The scale of guidance is embedded as time is and added to it, for models that are distilled from guided ones (Flux). */
  readonly guidance?: true;
  /**
   * Where image tokens are: frozen sines and cosines added to them (default), a learned table added to them, queries and keys turned by their
   * place (RoPE, arXiv 2104.09864, along each axis), or sines and cosines and turned (LightningDiT).
   */
  readonly positions?: Positions;
  /**
   * Root-mean-square norm of queries and keys per head, as SD3 has it: in self-attention and joint attention, or in cross-attention too.
   * Default "none".
   */
  readonly qkNorm?: QueryKeyNorm;
  /** A mixture of experts in place of the MLP of some or all blocks. */
  readonly experts?: Experts;
  /** How initial weights, learning rates and attention's scale follow the width; it decides no count. Default "standard". */
  readonly parameterization?: Parameterization;
}

/** A config with its defaults filled in and its derived sizes beside it. */
export type ResolvedConfig = Resolved<Conditioning>;

/** Every field of a config. */
export const configKeys = [
  ...(["image", "patch", "width", "depth", "heads", "mlpRatio", "outChannels", "conditioning", "context"] as const),
  ...(["time", "timeScale", "positions", "qkNorm", "norm", "mlp", "registers", "timeFeatures"] as const),
  ...(["guidance", "patchFrames", "experts", "parameterization"] as const),
] as const satisfies readonly (keyof DitConfig)[];
