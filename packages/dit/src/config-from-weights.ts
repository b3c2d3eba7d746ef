import { type Conditioning, type Context, type DitConfig, resolve } from "@isoflop/flops";
import { type NamedArray, positionName, tableTrouble } from "./buffers.js";
import { onlySet } from "./choose-set.js";
import { must, shown } from "./errors.js";
import { storedPositions } from "./layouts/positions.js";
import type { WeightChoice, WeightSet } from "./weight-sets.js";

/** A config of which shapes tell most. */
export interface FoundConfig extends WeightSet {
  readonly config: DitConfig;
  /** Fields that nothing in the file tells, and what is taken for them. */
  readonly assumed: readonly { readonly field: keyof DitConfig; readonly why: string }[];
}

/** The shape of a parameter by our name; undefined where the file has none. */
type ShapeOf = (name: string) => readonly number[] | undefined;

/** A context that lacks what no shape tells says so. */
type Told<T> = { readonly is: T } | { readonly lacks: string };

const conditioningOf = (shapeOf: ShapeOf, width: number): Conditioning | undefined => {
  if (shapeOf("joint_blocks.0.x_block.attn.qkv.weight")) return "mmDit";
  if (shapeOf("t_block.1.weight")) return "adaLNSingle";
  const [rows = 0] = shapeOf("blocks.0.adaLN_modulation.1.weight") ?? [];
  if (rows > 0) return rows === 4 * width ? "adaLN" : "adaLNZero";
  if (shapeOf("blocks.0.norm_cross.weight")) return "crossAttention";
  return shapeOf("blocks.0.norm1.weight") ? "inContext" : undefined;
};

const contextOf = (shapeOf: ShapeOf): Told<Context> => {
  const table = shapeOf("y_embedder.embedding_table.weight");
  if (table) return { is: { kind: "classes", classes: table[0]! - 1 } };
  const words = shapeOf("context_embedder.embedding_table.weight");
  const positions = shapeOf("context_embedder.pos_embed");
  if (words && positions) return { is: { kind: "words", tokens: positions[1]!, vocabulary: words[0]! } };
  if (words) return { lacks: `context, of ${words[0]} words: how many tokens a caption has` };
  const features = shapeOf("context_embedder.weight") ?? shapeOf("y_embedder.y_proj.fc1.weight");
  if (!features) return { is: { kind: "none" } };
  const caption = shapeOf("y_embedder.y_embedding");
  const [, pooled] = shapeOf("y_embedder.mlp.0.weight") ?? [];
  const dim = features[1]!;
  const more = pooled === undefined ? {} : { pooled };
  if (caption) return { is: { kind: "features", tokens: caption[0]!, dim, ...more } };
  return { lacks: `context, of features of dim ${dim}${pooled ? ` and pooled ${pooled}` : ""}: how many tokens` };
};

/** The ratio by which a hidden layer of `hidden` is what a width gives, rounded down. */
const ratioOf = (hidden: number, width: number): number => {
  const ratio = hidden / width;
  return Math.floor(width * ratio) === hidden ? ratio : (hidden + 0.5) / width;
};

/**
 * The config of which weights are, as far as names and shapes tell: width, depth, patch, channels, MLP, conditioning, kind of context. What
 * they do not tell must be given, as the number of heads, or is assumed and said.
 *
 * @param known fields that are known; they are taken as they are
 * @throws DitError("weights") for several sets of names, names of no layout, and with all that must be given; FlopsError("config") for a
 *   config that cannot be
 */
export const configFromWeights = (
  arrays: Readonly<Record<string, NamedArray>>,
  known: Partial<DitConfig> = {},
  choice: WeightChoice = {},
): FoundConfig => {
  const { layout, prefix } = onlySet(new Set(Object.keys(arrays)), choice);
  const arrayOf = (name: string): NamedArray | undefined => arrays[prefix + (layout.spelled(name) ?? name)];
  const shapeOf: ShapeOf = (name) => arrayOf(name)?.shape;
  const kernel = shapeOf("x_embedder.proj.weight") ?? [];
  const [width = 0, channels = 0, patch = 0] = kernel;
  must(kernel.length === 4 && kernel[3] === patch, "weights", `weights: the patch convolution is ${shown(kernel)}.`);

  const conditioning = known.conditioning ?? conditioningOf(shapeOf, width);
  const trunk = conditioning === "mmDit" ? "joint_blocks" : "blocks";
  const inBlock = conditioning === "mmDit" ? ".x_block" : "";
  let depth = 0;
  while (shapeOf(`${trunk}.${depth}${inBlock}.attn.proj.weight`)) depth++;
  const [headWidth] = shapeOf(`${trunk}.0${inBlock}.attn.ln_q.weight`) ?? [];
  const [hidden] = shapeOf(`${trunk}.0${inBlock}.mlp.fc1.weight`) ?? [];
  const [read = 0] = shapeOf("final_layer.linear.weight") ?? shapeOf("linear.weight") ?? [];
  const context: Told<Context> = known.context ? { is: known.context } : contextOf(shapeOf);
  const stored = arrayOf(positionName);
  const side = Math.round(Math.sqrt(stored?.shape[1] ?? 0));
  const square = side > 0 && side * side === stored?.shape[1];
  const image = known.image ?? (square ? { height: side * patch, width: side * patch, channels } : undefined);
  const heads = known.heads ?? (headWidth === undefined ? undefined : width / headWidth);

  const lacking = [
    ...(conditioning === undefined ? ["conditioning"] : []),
    ...("lacks" in context ? [context.lacks] : []),
    ...(heads === undefined ? ["heads"] : []),
    ...(image === undefined ? [`image, of ${channels} channels`] : []),
  ];
  must(lacking.length === 0, "weights", `weights: no name or shape tells ${lacking.join("; ")}: give it.`);
  const { timeScale } = layout.holds;
  const found = {
    ...{ image: image!, patch, width, depth, heads: heads!, conditioning: conditioning! },
    ...("is" in context && { context: context.is }),
    ...(hidden !== undefined && hidden !== 4 * width && { mlpRatio: ratioOf(hidden, width) }),
    ...(read !== channels * patch ** 2 && { outChannels: read / patch ** 2 }),
    ...(headWidth !== undefined && { qkNorm: "rms" as const }),
    ...(timeScale?.length === 1 && timeScale[0] !== 1000 && { timeScale: timeScale[0]! }),
  } as DitConfig;
  const [table] = storedPositions({ ...found, ...known, positions: "sincos" });
  const learned = stored && table && tableTrouble(table, stored) !== undefined;
  const config: DitConfig = { ...found, ...(learned && { positions: "learned" }), ...known };
  resolve(config);

  const says = (field: keyof DitConfig, holds: boolean, why: string) =>
    holds && known[field] === undefined ? [{ field, why }] : [];
  const { kind } = config.context;
  const assumed = [
    ...says("timeScale", timeScale?.length !== 1, "1000, as DiT has it; SiT's names are the same and it has 1"),
    ...says("context", kind === "classes", 'the last row of the label table is "no label"'),
    ...says("context", kind === "words" || kind === "features", "captions fill all tokens: masked is not said"),
    ...says("image", stored !== undefined, "as high as wide"),
    ...says("time", conditioning === "inContext" || conditioning === "crossAttention", "a token"),
    ...says("positions", stored === undefined, "sines and cosines: no table is stored"),
  ];
  return { config, layout: layout.name, prefix, assumed };
};
