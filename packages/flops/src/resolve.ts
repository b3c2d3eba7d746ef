import { architectures } from "./architectures/index.js";
import { configKeys, type DitConfig, type ResolvedConfig } from "./config.js";
import { checkContext, tokensOf } from "./context.js";
import { FlopsError, integer, oneOf, onlyKeys, positive, shown } from "./errors.js";
import { resolveExperts } from "./experts.js";
import type { Layer } from "./layers.js";
import { attentionScale, resolveParameterization } from "./parameterization.js";
import {
  isRotary,
  mlpKinds,
  normKinds,
  positionKinds,
  positionTableOf,
  queryKeyNorms,
  type Resolved,
} from "./resolved.js";
import { checkRotary } from "./rotary.js";
import { sizeOf } from "./size.js";

/** Default of `timeScale`. */
export const stepsOfDiT = 1000;

/** Default of `timeFeatures`. */
export const featuresOfDiT = 256;

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

/** What time and guidance are given as. */
const timeOf = (config: DitConfig): Pick<Resolved, "timeScale" | "timeFeatures" | "guidance" | "timeTokens"> => {
  const { timeScale = stepsOfDiT, timeFeatures = featuresOfDiT, guidance } = config;
  positive("config", "timeScale", timeScale);
  integer("config", "timeFeatures", timeFeatures);
  if (timeFeatures % 2 !== 0)
    throw new FlopsError("config", `timeFeatures is ${timeFeatures}; it must be even: a cosine and a sine each.`);
  if (guidance !== undefined && guidance !== true)
    throw new FlopsError("config", `guidance is ${shown(guidance)}; it must be true, or left out.`);
  return { timeScale, timeFeatures, guidance: guidance === true, timeTokens: timeTokensOf(config) };
};

const widthOfMlp = (width: number, ratio: number, mlp: Resolved["mlp"]): number => {
  const whole = Math.floor(width * ratio);
  return mlp === "gelu"
    ? integer("config", "floor(width · mlpRatio)", whole)
    : integer("config", "floor(2/3 · width · mlpRatio)", Math.floor((2 * whole) / 3));
};

/** @throws FlopsError("config") for positions that the width, or that of a head, has no room for. */
const checkPositions = (c: Pick<Resolved, "positions" | "width" | "heads" | "grid">): void => {
  if (positionTableOf(c) === "sincos" && c.width % 4 !== 0) {
    throw new FlopsError(
      "config",
      `width is ${c.width}; sincos positions need a multiple of 4 (sine, cosine × row, column).`,
    );
  }
  if (isRotary(c)) checkRotary(c.width, c.heads, c.grid);
};

/** @throws FlopsError("config") for a norm of what the conditioning does not have. */
const checkQueryKeyNorm = (qkNorm: Resolved["qkNorm"], conditioning: string): void => {
  if (qkNorm !== "rms+cross" || architectures.get(conditioning).crossAttends) return;
  const takers = [...architectures].flatMap((each) => (each.crossAttends ? [each.name] : [])).join(", ");
  throw new FlopsError(
    "config",
    `qkNorm is "rms+cross"; ${takers} have cross-attention, and ${conditioning} has none: "rms" norms all its attention.`,
  );
};

/**
 * Checks a config and fills in its defaults.
 * @throws FlopsError("config") naming the field, its value and what would be right; unknown keys are refused.
 */
export const resolve = (config: DitConfig): ResolvedConfig => {
  onlyKeys("config", "the config", config, configKeys);
  const { width, depth, heads, mlpRatio = 4, registers = 0 } = config;
  const { positions = "sincos", qkNorm = "none", norm = "layer", mlp = "gelu" } = config;
  const size = sizeOf(config);
  for (const [field, value] of Object.entries({ width, depth, heads })) integer("config", field, value);
  integer("config", "registers", registers, 0);
  positive("config", "mlpRatio", mlpRatio);
  if (width % heads !== 0) throw new FlopsError("config", `heads is ${heads}; it must divide width, ${width}.`);
  oneOf("config", "positions", positions, positionKinds);
  oneOf("config", "qkNorm", qkNorm, queryKeyNorms);
  oneOf("config", "norm", norm, normKinds);
  oneOf("config", "mlp", mlp, mlpKinds);
  checkPositions({ positions, width, heads, grid: size.grid });
  const conditioning = oneOf("config", "conditioning", config.conditioning, architectures.names);
  checkContext(config.context, conditioning);
  checkQueryKeyNorm(qkNorm, conditioning);
  const parameterization = resolveParameterization(config, resolve);
  return {
    ...size,
    width,
    depth,
    heads,
    mlpRatio,
    conditioning,
    context: config.context,
    ...timeOf(config),
    ...{ positions, qkNorm, norm, mlp, registers, parameterization },
    attentionScale: attentionScale(width / heads, parameterization),
    mlpWidth: widthOfMlp(width, mlpRatio, mlp),
    contextTokens: tokensOf(config.context),
    ...(config.experts !== undefined && { experts: resolveExperts(config.experts, depth) }),
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
