import type { DitConfig } from "./config.js";
import { FlopsError, integer, oneOf, onlyKeys } from "./errors.js";
import type { Resolved } from "./resolved.js";

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

/** A checked {@link Parameterization}: of muP also the base model. */
export type ResolvedParameterization =
  | { readonly kind: "standard" }
  | { readonly kind: "muP"; readonly baseWidth: number; readonly baseHeads: number; readonly base: Resolved };

const kinds = ["standard", "muP"] as const;

/** @throws FlopsError("config") for an unknown kind or key, and for a base model that `resolve` refuses */
export const resolveParameterization = (
  config: DitConfig,
  resolve: (base: DitConfig) => Resolved,
): ResolvedParameterization => {
  const { parameterization = { kind: "standard" }, ...rest } = config;
  const field = "parameterization";
  onlyKeys("config", field, parameterization, ["kind", "baseWidth", "baseHeads"]);
  oneOf("config", `${field}.kind`, parameterization.kind, kinds);
  if (parameterization.kind === "standard") {
    onlyKeys("config", `${field} of kind "standard"`, parameterization, ["kind"]);
    return { kind: "standard" };
  }
  const { baseWidth, baseHeads = config.heads } = parameterization;
  integer("config", `${field}.baseWidth`, baseWidth);
  integer("config", `${field}.baseHeads`, baseHeads);
  if (baseWidth % baseHeads !== 0)
    throw new FlopsError(
      "config",
      `${field}.baseHeads is ${baseHeads}, the heads of the base model (default: those of the config); it must divide ${field}.baseWidth, ${baseWidth}.`,
    );
  try {
    return { kind: "muP", baseWidth, baseHeads, base: resolve({ ...rest, width: baseWidth, heads: baseHeads }) };
  } catch (error) {
    if (!(error instanceof FlopsError)) throw error;
    throw new FlopsError("config", `${field}.baseWidth is ${baseWidth}, and no model is that wide: ${error.message}`);
  }
};

/**
 * What queries times keys are multiplied by: (head width)^-1/2, under muP √(base head width) / (head width), which is the same where heads are
 * as wide as the base's (arXiv 2203.03466, definition 4.1).
 */
export const attentionScale = (headWidth: number, parameterization: ResolvedParameterization): number => {
  const standard = headWidth ** -0.5;
  if (parameterization.kind === "standard") return standard;
  const { baseWidth, baseHeads } = parameterization;
  return standard * Math.sqrt(baseWidth / baseHeads / headWidth);
};

/** What is said of it in a config's one text: nothing of "standard"; of muP all, for as many heads as the config has are others at another size. */
export const canonicalParameterization = (
  parameterization: ResolvedParameterization,
): Pick<DitConfig, "parameterization"> => {
  if (parameterization.kind === "standard") return {};
  const { kind, baseWidth, baseHeads } = parameterization;
  return { parameterization: { kind, baseWidth, baseHeads } };
};
