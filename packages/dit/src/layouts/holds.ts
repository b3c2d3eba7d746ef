import { canonicalConfig, type DitConfig, type ResolvedConfig, resolve } from "@isoflop/flops";
import type { NamedSpecs } from "../spec.js";
import type { Holds, WeightLayout } from "./layout.js";

const text = (value: unknown): string => JSON.stringify(value);

/** More names than these are counted. */
const mostNames = 3;

/** The parameters of which a layout stores nothing, or not every row. */
const unplaced = (layout: WeightLayout, config: DitConfig, parameters: NamedSpecs): readonly string[] => {
  const parts = new Map<string, Set<number> | "all">();
  const sizes = new Map<string, number>();
  for (const stored of layout.arrays(config, parameters)) {
    if (!("of" in stored)) continue;
    const { of, rows } = stored;
    const before = parts.get(of) ?? new Set();
    parts.set(of, !rows || before === "all" ? "all" : new Set([...before, ...rows.take]));
    if (rows) sizes.set(of, rows.of);
  }
  const isWhole = (name: string): boolean => {
    const found = parts.get(name);
    return found === "all" || (found !== undefined && found.size === sizes.get(name));
  };
  return parameters.map(([name]) => name).filter((name) => !isWhole(name));
};

/** Sizes that any layout stores as they are. */
const anySize = new Set(["image", "patch", "width", "depth", "heads", "mlpRatio", "outChannels"]);

/** muP decides how weights are made and trained. Of what a model computes it decides the scale of attention alone, which other code has fixed. */
const attentionTrouble = ({ attentionScale, width, heads }: ResolvedConfig): string | undefined => {
  const usual = (width / heads) ** -0.5;
  if (Math.abs(attentionScale / usual - 1) < 1e-12) return undefined;
  const scales = `${attentionScale.toPrecision(4)}, where its models have 1 / √(head width), ${usual.toPrecision(4)}`;
  return `under muP this config's attention is scaled by ${scales}: take what toStandard(model, params) makes of it`;
};

/** What a config says and a layout does not hold. */
const unheldField = (holds: Holds, config: DitConfig): string | undefined => {
  const resolved = resolve(config);
  const { context, image } = resolved;
  for (const [field, right] of Object.entries(holds)) {
    const value: unknown = field === "context" ? context.kind : resolved[field as keyof typeof resolved];
    if (Array.isArray(right) && !right.includes(value))
      return `it holds ${field} ${right.map(text).join(" or ")}; this config's is ${text(value)}`;
  }
  // What is left unsaid in the canonical record is as it was before there was a choice.
  for (const [field, value] of Object.entries(canonicalConfig({ ...config, parameterization: { kind: "standard" } })))
    if (!anySize.has(field) && !(field in holds)) return `it holds no ${field}; this config's is ${text(value)}`;
  if (image.frames !== undefined) return "it holds images; this config is of videos";
  const pooled = context.kind === "features" && context.pooled !== undefined;
  if (holds.pooled && !pooled) return "it holds a context with a pooled vector; this config has none";
  return attentionTrouble(resolved);
};

/** Why files of a layout are not of a config; undefined where they are. */
export const unheld = (layout: WeightLayout, config: DitConfig, parameters: NamedSpecs): string | undefined => {
  const reason = layout.holds === "all" ? undefined : unheldField(layout.holds, config);
  if (reason) return reason;
  const left = unplaced(layout, config, parameters);
  if (left.length === 0) return undefined;
  const names = left.slice(0, mostNames).map(text).join(", ");
  return `it has no place for ${names}${left.length > mostNames ? ` and ${left.length - mostNames} more` : ""}`;
};

/** Why a layout has no file for a config; undefined where it has. */
export const unwritten = (layout: WeightLayout, config: DitConfig, parameters: NamedSpecs): string | undefined => {
  const { height, width } = config.image;
  const reason = unheld(layout, config, parameters);
  if (reason || layout.holds === "all" || !layout.holds.square || height === width) return reason;
  return `its images are as high as wide; this config's are ${height} × ${width}`;
};
