import { architectures, type KnownConditioning } from "./architectures/index.js";
import { FlopsError, integer, oneOf, onlyKeys, positive, shown } from "./errors.js";
import type { Layer } from "./layers.js";
import {
  attentionScale,
  canonicalParameterization,
  type Parameterization,
  resolveParameterization,
} from "./parameterization.js";
import type { Context, Resolved } from "./resolved.js";

/** How time and context reach the blocks: the name of one of `architectures`, of this package or from outside. */
export type Conditioning = KnownConditioning | (string & Record<never, never>);

/** A diffusion transformer as a plain record: enough to build it, to count it and to hash it. */
export interface DitConfig {
  /** Size of what is denoised: pixels or latents. `patch` divides height and width. */
  readonly image: { readonly height: number; readonly width: number; readonly channels: number };
  /** Side of a square patch. The sequence has (height / patch) · (width / patch) image tokens. */
  readonly patch: number;
  /** Width d of the residual stream; divided by `heads`. */
  readonly width: number;
  /** Number of blocks. */
  readonly depth: number;
  readonly heads: number;
  /** MLP width over d, rounded down as the official code does. Default 4. */
  readonly mlpRatio?: number;
  /** Channels of the output: `image.channels` (the default), or twice that with a learned variance. */
  readonly outChannels?: number;
  readonly conditioning: Conditioning;
  readonly context: Context;
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
  /** Position table of the image tokens: frozen sines and cosines (default) or learned. */
  readonly positions?: "sincos" | "learned";
  /** Root-mean-square norm of queries and keys per head, as SD3 has it. Default "none". */
  readonly qkNorm?: "none" | "rms";
  /** How initial weights, learning rates and attention's scale follow the width; it decides no count. Default "standard". */
  readonly parameterization?: Parameterization;
}

/** A config with its defaults filled in and its derived sizes beside it. */
export type ResolvedConfig = Resolved<Conditioning>;

/** Default of `timeScale`. */
const stepsOfDiT = 1000;

const contextKeys = {
  none: ["kind"],
  classes: ["kind", "classes", "nullLabel"],
  words: ["kind", "tokens", "vocabulary", "masked"],
  features: ["kind", "tokens", "dim", "pooled", "masked"],
} as const;

const contextSizes = ["classes", "tokens", "vocabulary", "dim", "pooled"];

const checkContext = (context: Context, conditioning: Conditioning): void => {
  if (typeof context !== "object" || context === null) {
    throw new FlopsError("config", `context is ${shown(context)}; it must be a record such as { kind: "none" }.`);
  }
  const kind = oneOf("config", "context.kind", context.kind, ["none", "classes", "words", "features"]);
  onlyKeys("config", `context of kind "${kind}"`, context, contextKeys[kind]);
  const sizes: Record<string, unknown> = { ...context };
  for (const key of contextKeys[kind]) {
    const optional = key === "pooled" && sizes[key] === undefined;
    if (contextSizes.includes(key) && !optional) integer("config", `context.${key}`, sizes[key] as number);
  }
  for (const key of ["nullLabel", "masked"]) {
    if (sizes[key] !== undefined && typeof sizes[key] !== "boolean") {
      throw new FlopsError("config", `context.${key} is ${shown(sizes[key])}; it must be true or false.`);
    }
  }
  const { readsContext, takesPooled } = architectures.get(conditioning);
  if (kind === "none" && readsContext === "always") {
    throw new FlopsError("config", `context.kind is "none"; ${conditioning} attends to context and needs some.`);
  }
  if ("pooled" in context && context.pooled !== undefined && !takesPooled) {
    const takers = [...architectures].flatMap((each) => (each.takesPooled ? [each.name] : [])).join(", ");
    throw new FlopsError(
      "config",
      `context.pooled is ${context.pooled}; only ${takers} takes it, not ${conditioning}.`,
    );
  }
};

/** Every field of a config. */
export const configKeys = [
  "image",
  "patch",
  "width",
  "depth",
  "heads",
  "mlpRatio",
  "outChannels",
  "conditioning",
  "context",
  "time",
  "timeScale",
  "positions",
  "qkNorm",
  "parameterization",
] as const satisfies readonly (keyof DitConfig)[];

const timeTokensOf = ({ conditioning, context, time }: DitConfig): 0 | 1 => {
  const { readsTime, readsContext } = architectures.get(conditioning);
  if (!readsTime) {
    if (time === undefined) return 0;
    throw new FlopsError("config", `time is "${time}"; ${conditioning} modulates by time and takes no such choice.`);
  }
  if (oneOf("config", "time", time ?? "token", ["token", "added"]) === "token") return 1;
  if (readsContext === "or time" && context.kind === "none") {
    throw new FlopsError(
      "config",
      `time is "added" and context.kind "none"; ${conditioning} needs a token to attend to.`,
    );
  }
  return 0;
};

const tokensOf = (context: Context): number => {
  if (context.kind === "none") return 0;
  return context.kind === "classes" ? 1 : context.tokens;
};

/**
 * Checks a config and fills in its defaults.
 * @throws FlopsError("config") naming the field, its value and what would be right; unknown keys are refused.
 */
export const resolve = (config: DitConfig): ResolvedConfig => {
  onlyKeys("config", "the config", config, configKeys);
  onlyKeys("config", "image", config.image, ["height", "width", "channels"]);
  const { patch, width, depth, heads, mlpRatio = 4, positions = "sincos", qkNorm = "none" } = config;
  const { timeScale = stepsOfDiT } = config;
  const image = {
    height: integer("config", "image.height", config.image.height),
    width: integer("config", "image.width", config.image.width),
    channels: integer("config", "image.channels", config.image.channels),
  };
  const outChannels = integer(
    "config",
    "outChannels",
    config.outChannels === undefined ? image.channels : config.outChannels,
  );
  for (const [field, value] of Object.entries({ patch, width, depth, heads })) integer("config", field, value);
  positive("config", "mlpRatio", mlpRatio);
  positive("config", "timeScale", timeScale);
  if (width % heads !== 0) throw new FlopsError("config", `heads is ${heads}; it must divide width, ${width}.`);
  for (const side of ["height", "width"] as const) {
    if (image[side] % patch !== 0) {
      throw new FlopsError("config", `patch is ${patch}; it must divide image.${side}, ${image[side]}.`);
    }
  }
  oneOf("config", "positions", positions, ["sincos", "learned"]);
  oneOf("config", "qkNorm", qkNorm, ["none", "rms"]);
  if (positions === "sincos" && width % 4 !== 0) {
    throw new FlopsError(
      "config",
      `width is ${width}; sincos positions need a multiple of 4 (sine, cosine × row, column).`,
    );
  }
  const conditioning = oneOf("config", "conditioning", config.conditioning, architectures.names);
  checkContext(config.context, conditioning);
  const mlpWidth = integer("config", "floor(width · mlpRatio)", Math.floor(width * mlpRatio));
  const parameterization = resolveParameterization(config, resolve);
  return {
    image,
    patch,
    width,
    depth,
    heads,
    mlpRatio,
    outChannels,
    conditioning,
    context: config.context,
    timeScale,
    positions,
    qkNorm,
    parameterization,
    attentionScale: attentionScale(width / heads, parameterization),
    mlpWidth,
    timeTokens: timeTokensOf(config),
    imageTokens: (image.height / patch) * (image.width / patch),
    contextTokens: tokensOf(config.context),
  };
};

/** A row for "no label", no pooled vector and no mask are left unsaid. */
const canonicalContext = (context: Context): Context => {
  if (context.kind === "none") return context;
  if (context.kind === "classes") {
    const { nullLabel, ...rest } = context;
    return nullLabel === false ? { ...rest, nullLabel } : rest;
  }
  const { masked, ...said } = context;
  const mask = masked ? ({ masked } as const) : {};
  if (said.kind === "words") return { ...said, ...mask };
  const { pooled, ...rest } = said;
  return { ...rest, ...(pooled !== undefined && { pooled }), ...mask };
};

/**
 * The config with its defaults filled in and nothing else, so that one model has one text and one hash. Time as a token, a time scale of
 * 1000, a row for "no label", captions without a mask and the standard parameterization are left unsaid: texts from before there was a choice
 * stay what they were.
 * @throws FlopsError("config") as {@link resolve}
 */
export const canonicalConfig = (config: DitConfig): DitConfig => {
  const { imageTokens: _, contextTokens: __, timeTokens: ___, mlpWidth: ____, ...resolved } = resolve(config);
  const { timeScale, parameterization, attentionScale: _____, ...stated } = resolved;
  return {
    ...stated,
    context: canonicalContext(stated.context),
    ...(config.time === "added" && { time: "added" }),
    ...(timeScale !== stepsOfDiT && { timeScale }),
    ...canonicalParameterization(parameterization),
  };
};

/**
 * Every layer of the model for one sample, in the order of the forward pass.
 * @throws FlopsError("config") if the config is wrong.
 */
export const layers = (config: DitConfig): readonly Layer[] => {
  const resolved = resolve(config);
  return architectures.get(resolved.conditioning).layers(resolved);
};
