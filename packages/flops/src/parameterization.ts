import type { DitConfig } from "./config.js";
import { FlopsError, integer, oneOf, onlyKeys } from "./errors.js";
import type { Resolved, ResolvedParameterization } from "./resolved.js";

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
