import { type Conditioning, type Context, type DitConfig, type ImageSize, presets, resolve } from "@isoflop/flops";
import { type NamedArray, positionName } from "./buffers.js";
import { onlySet } from "./choose-set.js";
import { must, shown } from "./errors.js";
import type { Holds, WeightLayout } from "./layouts/layout.js";
import { storedPositions } from "./layouts/positions.js";
import { tableTrouble } from "./table-trouble.js";
import type { WeightChoice, WeightSet } from "./weight-sets.js";

/** A field that nothing in a file tells, and what is taken for it. */
export interface AssumedField {
  readonly field: keyof DitConfig;
  readonly why: string;
}

/** A config of which names and shapes tell most. */
export interface FoundConfig extends WeightSet {
  readonly config: DitConfig;
  readonly assumed: readonly AssumedField[];
}

/** What is known of a config beforehand; of the image its size is enough. */
export type KnownConfig = Partial<Omit<DitConfig, "image">> & { readonly image?: Omit<ImageSize, "channels"> };

/** The shape of a parameter by our name; undefined where the file has none. */
type ShapeOf = (name: string) => readonly number[] | undefined;

/** The value of a field that every config of a layout has. */
const onlyOf = <F extends "conditioning" | "timeScale" | "positions">({ holds }: WeightLayout, field: F) => {
  const values: Holds[F] | undefined = holds === "all" ? undefined : holds[field];
  return Array.isArray(values) && values.length === 1 ? (values[0] as DitConfig[F]) : undefined;
};

/** What is told, or what the file lacks to tell it. */
type Told<T> = { readonly is: T } | { readonly lacks: string };

const conditioningOf = (shapeOf: ShapeOf, only: Conditioning | undefined): Conditioning | undefined => {
  if (only !== undefined) return only;
  if (shapeOf("joint_blocks.0.x_block.attn.qkv.weight")) return "mmDit";
  if (shapeOf("t_block.1.weight")) return "adaLNSingle";
  const [rows, width] = shapeOf("blocks.0.adaLN_modulation.1.weight") ?? [];
  if (rows) return rows === 4 * width! ? "adaLN" : "adaLNZero";
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
  const [, dim = 0] = features;
  const [, pooled] = shapeOf("y_embedder.mlp.0.weight") ?? [];
  const [tokens] = shapeOf("y_embedder.y_embedding") ?? [];
  const more = pooled === undefined ? {} : { pooled };
  if (tokens !== undefined) return { is: { kind: "features", tokens, dim, ...more } };
  return { lacks: `context, of features of dim ${dim}${pooled ? ` and pooled ${pooled}` : ""}: how many tokens` };
};

/** The published model of a width and depth, whose number of heads these weights are likely to have. */
const publishedOf = (conditioning: Conditioning | undefined, width: number, depth: number) =>
  Object.entries(presets).find(
    ([, preset]) => preset.conditioning === conditioning && preset.width === width && preset.depth === depth,
  );

/** MLP and its ratio: that by which a hidden layer is what a width gives, rounded down. */
const mlpOf = (shapeOf: ShapeOf, block: string, width: number): Pick<DitConfig, "mlp" | "mlpRatio"> => {
  // Of a mixture, that of an expert.
  const ofMlp = (name: string) => shapeOf(`${block}.mlp.${name}`) ?? shapeOf(`${block}.mlp.experts.0.${name}`) ?? [];
  const [gated] = ofMlp("w12.weight");
  const [plain] = ofMlp("fc1.weight");
  const hidden = gated === undefined ? plain : gated / 2;
  const mlp = gated === undefined ? {} : ({ mlp: "swiglu" } as const);
  if (hidden === undefined) return mlp;
  const widthOf = (ratio: number) => {
    const whole = Math.floor(width * ratio);
    return gated === undefined ? whole : Math.floor((2 * whole) / 3);
  };
  // Of the ratios that give it, 4 or the smallest that is a whole hidden layer.
  const least = gated === undefined ? hidden : Math.ceil(1.5 * hidden);
  const ratios = [4, least / width, (least + 0.5) / width];
  const ratio = ratios.find((each) => widthOf(each) === hidden);
  return { ...mlp, ...(ratio !== undefined && ratio !== 4 && { mlpRatio: ratio }) };
};

const normOf = (shapeOf: ShapeOf): Pick<DitConfig, "norm"> =>
  shapeOf("blocks.0.norm1.weight") && !shapeOf("blocks.0.norm1.bias") ? { norm: "rms" } : {};

/**
 * The config of which weights are, as far as names and shapes tell: width, depth, patch, channels, conditioning, kind of context, MLP, norms
 * and embeddings. What they do not tell must be given, as the number of heads of a model that has no published size, or is assumed and said.
 *
 * @param known fields that are known; they are taken as they are
 * @throws DitError("weights") for several sets of names, names of no layout, and with all that must be given; FlopsError("config") for a
 *   config that cannot be
 */
export const configFromWeights = (
  arrays: Readonly<Record<string, NamedArray>>,
  known: KnownConfig = {},
  choice: WeightChoice = {},
): FoundConfig => {
  const { layout, prefix } = onlySet(new Set(Object.keys(arrays)), choice);
  const arrayOf = (name: string): NamedArray | undefined => arrays[prefix + (layout.spelled(name) ?? name)];
  const shapeOf: ShapeOf = (name) => arrayOf(name)?.shape;
  const kernel = shapeOf("x_embedder.proj.weight") ?? [];
  const [width = 0, channels = 0, ...sides] = kernel;
  const patch = sides.at(-1) ?? 0;
  must([2, 3].includes(sides.length), "weights", `weights: the patch convolution is ${shown(kernel)}.`);
  const pixels = channels * sides.reduce((product, side) => product * side, 1);

  const conditioning = known.conditioning ?? conditioningOf(shapeOf, onlyOf(layout, "conditioning"));
  const blockOf = (i: number) => (conditioning === "mmDit" ? `joint_blocks.${i}.x_block` : `blocks.${i}`);
  let depth = 0;
  while (shapeOf(`${blockOf(depth)}.attn.proj.weight`)) depth++;
  const [headWidth] = shapeOf(`${blockOf(0)}.attn.ln_q.weight`) ?? [];
  const [read = 0] = shapeOf("final_layer.linear.weight") ?? shapeOf("linear.weight") ?? [];
  const [, registers = 0] = shapeOf("register") ?? [];
  const [, features = 256] = shapeOf("t_embedder.mlp.0.weight") ?? shapeOf("t_embedder.0.weight") ?? [];
  const context: Told<Context> = known.context ? { is: known.context } : contextOf(shapeOf);
  const stored = arrayOf(positionName);
  const side = Math.round(Math.sqrt(stored?.shape[1] ?? 0));
  const square = sides.length === 2 && side > 0 && side * side === stored?.shape[1];
  const size = known.image ?? (square ? { height: side * patch, width: side * patch } : undefined);
  const image = size && { ...size, channels };
  const [published, preset] = publishedOf(conditioning, width, depth) ?? [];
  const heads = known.heads ?? (headWidth === undefined ? preset?.heads : width / headWidth);

  const mixed = Array.from({ length: depth }, (_, i) => shapeOf(`${blockOf(i)}.mlp.router.weight`)).some(Boolean);
  const lacking = [
    ...(conditioning === undefined ? ["conditioning"] : []),
    ...("lacks" in context ? [context.lacks] : []),
    ...(heads === undefined ? ["heads"] : []),
    ...(mixed && !known.experts ? ["experts: how many of them are active"] : []),
    ...(image === undefined ? [`image, of ${channels} channels`] : []),
  ];
  must(lacking.length === 0, "weights", `weights: no name or shape tells ${lacking.join("; ")}: give it.`);
  const timeScale = onlyOf(layout, "timeScale");
  const crossed = shapeOf("blocks.0.cross_attn.q_norm.weight") !== undefined;
  const rotary = arrays[`${prefix}feat_rope.freqs_cos`] !== undefined;
  const found = {
    ...{ image: image!, patch, width, depth, heads: heads!, conditioning: conditioning! },
    ...("is" in context && { context: context.is }),
    ...mlpOf(shapeOf, blockOf(0), width),
    ...normOf(shapeOf),
    ...(read !== pixels && { outChannels: (read * channels) / pixels }),
    ...(headWidth !== undefined && { qkNorm: crossed ? "rms+cross" : "rms" }),
    ...(registers > 0 && { registers }),
    ...(features !== 256 && { timeFeatures: features }),
    ...(shapeOf("guidance_in.in_layer.weight") && { guidance: true }),
    ...(sides.length === 3 && { patchFrames: sides[0]! }),
    ...(timeScale !== undefined && { timeScale }),
    ...(rotary && { positions: "sincos+rope" }),
  } as DitConfig;
  const told: DitConfig = { ...found, ...known, image: image! };
  const [table] = storedPositions({ ...told, positions: "sincos" });
  const whole = stored && stored.data?.length === stored.shape.reduce((product, n) => product * n, 1);
  const learned = whole && table && known.positions === undefined && tableTrouble(table, stored) !== undefined;
  const config: DitConfig = { ...told, ...(learned && { positions: "learned" }) };
  resolve(config);

  const says = (field: keyof DitConfig, holds: boolean, why: string): readonly AssumedField[] =>
    holds && known[field] === undefined ? [{ field, why }] : [];
  const { kind } = config.context;
  const modulated = shapeOf("blocks.0.norm1.weight") === undefined;
  const assumed = [
    ...says("heads", headWidth === undefined, `${heads}, as ${published} has them`),
    ...says("timeScale", layout.holds === "all", "1000, as DiT has it; SiT's names are the same and it has 1"),
    ...says("context", kind === "classes", 'the last row of the label table is "no label"'),
    ...says("context", kind === "words" || kind === "features", "captions fill all tokens: not masked"),
    ...says("image", stored !== undefined, "as high as wide"),
    ...says("time", conditioning === "inContext" || conditioning === "crossAttention", "a token"),
    ...says("norm", modulated && layout.holds === "all", "layer norm: a norm that is modulated has no parameter"),
    ...says(
      "positions",
      !learned && !rotary && onlyOf(layout, "positions") === undefined,
      "sines and cosines, and not rotary",
    ),
  ];
  return { config, layout: layout.name, prefix, assumed };
};
