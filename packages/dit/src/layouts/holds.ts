import { type DitConfig, resolve } from "@isoflop/flops";
import type { NamedSpecs } from "../spec.js";
import type { WeightLayout } from "./layout.js";

const text = (value: unknown): string => JSON.stringify(value);

/** More names than these are counted. */
const mostNames = 3;

/** Why files of a layout are not of a config; undefined where they are. */
export const unheld = ({ holds }: WeightLayout, config: DitConfig): string | undefined => {
  const resolved = resolve(config);
  const { context } = resolved;
  const pooled = context.kind === "features" && context.pooled !== undefined;
  for (const [field, right] of Object.entries(holds)) {
    const value: unknown = field === "context" ? context.kind : resolved[field as keyof typeof resolved];
    if (Array.isArray(right) && !right.includes(value))
      return `it holds ${field} ${right.map(text).join(" or ")}; this config's is ${text(value)}`;
  }
  if (holds.images && resolved.image.frames !== undefined) return "it holds images; this config is of videos";
  return holds.pooled && !pooled ? "it holds a context with a pooled vector; this config has none" : undefined;
};

/** Why a layout has no file for a config; undefined where it has. */
export const unwritten = (layout: WeightLayout, config: DitConfig, parameters: NamedSpecs): string | undefined => {
  const { height, width } = config.image;
  const reason = unheld(layout, config);
  if (reason) return reason;
  if (layout.holds.square && height !== width)
    return `its images are as high as wide; this config's are ${height} × ${width}`;
  const placed = new Set(layout.arrays(config, parameters).flatMap((stored) => ("of" in stored ? [stored.of] : [])));
  const left = parameters.map(([name]) => name).filter((name) => !placed.has(name));
  if (left.length === 0) return undefined;
  const names = left.slice(0, mostNames).map(text).join(", ");
  return `it has no place for ${names}${left.length > mostNames ? ` and ${left.length - mostNames} more` : ""}`;
};
