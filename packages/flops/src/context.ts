import { architectures } from "./architectures/index.js";
import { FlopsError, integer, oneOf, onlyKeys, shown } from "./errors.js";
import type { Context } from "./resolved.js";

const contextKeys = {
  none: ["kind"],
  classes: ["kind", "classes", "nullLabel"],
  words: ["kind", "tokens", "vocabulary", "masked"],
  features: ["kind", "tokens", "dim", "pooled", "masked"],
} as const;

const contextSizes = ["classes", "tokens", "vocabulary", "dim", "pooled"];

/** @throws FlopsError("config") unless the context is one that the conditioning takes. */
export const checkContext = (context: Context, conditioning: string): void => {
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

/** Tokens that carry the context. */
export const tokensOf = (context: Context): number => {
  if (context.kind === "none") return 0;
  return context.kind === "classes" ? 1 : context.tokens;
};

/** A row for "no label", no pooled vector and no mask are left unsaid. */
export const canonicalContext = (context: Context): Context => {
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
