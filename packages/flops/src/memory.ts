import type { DitConfig } from "./config.js";
import { integer, notNegative, onlyKeys, positive } from "./errors.js";
import type { ResolvedExperts } from "./experts.js";
import type { Layer } from "./layers.js";
import { savedElements } from "./operations.js";
import { checkOptimizer, type Optimizer, optimizers } from "./optimizer.js";
import { parameters } from "./parameters.js";
import { type Checkpointing, checkCheckpointing } from "./passes.js";
import { layers, resolve } from "./resolve.js";
import type { Bytes } from "./units.js";

/** Bytes per number of each thing that is stored. */
export interface Precision {
  readonly activation: number;
  readonly weight: number;
  /** A second, narrower copy of the weights for the products; 0 where there is none. */
  readonly copy: number;
  readonly gradient: number;
  readonly state: number;
}

/** Full precision; half-precision products on float32 master weights; everything in half precision. */
export const precisions = {
  f32: { activation: 4, weight: 4, copy: 0, gradient: 4, state: 4 },
  mixed: { activation: 2, weight: 4, copy: 2, gradient: 4, state: 4 },
  half: { activation: 2, weight: 2, copy: 0, gradient: 2, state: 2 },
} as const satisfies Record<string, Precision>;

/** @throws FlopsError("config") unless every field is there; only the copy may take no bytes. */
export const checkPrecision = (precision: Precision): void => {
  onlyKeys("config", "precision", precision, ["activation", "weight", "copy", "gradient", "state"]);
  const { copy, activation, weight, gradient, state } = precision;
  for (const [field, bytes] of Object.entries({ activation, weight, gradient, state })) {
    positive("config", `precision.${field}`, bytes);
  }
  notNegative("config", "precision.copy", copy);
};

export interface MemoryOptions {
  /** Samples in memory at once: a micro-batch where gradients are accumulated. */
  readonly batch: number;
  /** Default `precisions.f32`. */
  readonly precision?: Precision;
  /** Default `optimizers.adamw`. */
  readonly optimizer?: Optimizer;
  /** Whether a moving average of the weights is kept beside them, or how many are. Default true. */
  readonly averaging?: boolean | number;
  /** Attention keeps a log-sum-exp per query instead of all probabilities. Default true. */
  readonly fusedAttention?: boolean;
  readonly checkpointing?: Checkpointing;
}

/** Bytes held in training, by purpose. */
export interface Memory {
  readonly weights: Bytes;
  readonly gradients: Bytes;
  readonly optimizer: Bytes;
  readonly average: Bytes;
  readonly activations: Bytes;
  readonly total: Bytes;
}

const ofMixture = ({ path }: Layer) => /\.mlp\.(router|experts)/.test(path);
/** Of a block that has no experts: what is neither theirs nor around the branch. */
const ofMlp = ({ path }: Layer) => /\.mlp\.(?!router|experts|gate$|residual$)/.test(path);

/** The layers of a block of each kind that a model has, every copy of them. */
const kindsOfBlocks = (
  blocks: readonly Layer[],
  experts: ResolvedExperts | undefined,
): readonly (readonly Layer[])[] => {
  if (!experts) return [blocks];
  const copies = (layer: Layer): Layer[] => Array.from({ length: layer.active ? experts.count : 1 }, () => layer);
  const mixed = blocks.filter((layer) => !ofMlp(layer)).flatMap(copies);
  return experts.every === 1 ? [mixed] : [mixed, blocks.filter((layer) => !ofMixture(layer))];
};

const inBlock = ({ path }: Layer) => path.includes("blocks.*");
const opensBlock = ({ path }: Layer) => inBlock({ path } as Layer) && path.endsWith(".norm1");

/**
 * Numbers that eager reverse-mode differentiation keeps for one sample: what each operation's own VJP reads, nothing
 * shared between operations. A compiler that recomputes elementwise work keeps less. With block checkpointing: every
 * block's input, the insides of the largest block, and what lies outside the blocks.
 * @throws FlopsError("config") if the config is wrong.
 */
export const savedActivations = (
  config: DitConfig,
  fusedAttention = true,
  checkpointing: Checkpointing = "none",
): number => {
  const { depth, experts } = resolve(config);
  checkCheckpointing(checkpointing);
  const all = layers(config);
  const saved = ({ operation }: Layer) => savedElements(operation, fusedAttention);
  const sum = (some: readonly Layer[], each: (layer: Layer) => number) => some.reduce((n, l) => n + each(l), 0);
  if (checkpointing === "none") return sum(all, (layer) => layer.times * saved(layer));
  const blocks = all.filter(inBlock);
  const oneBlock = blocks.filter(({ path }) => depth === 1 || !path.includes("(last)"));
  const inputs = sum(blocks.filter(opensBlock), (layer) => layer.times * saved(layer));
  return (
    inputs +
    Math.max(...kindsOfBlocks(oneBlock, experts).map((kind) => sum(kind, saved))) +
    sum(
      all.filter((layer) => !inBlock(layer)),
      saved,
    )
  );
};

const memoryKeys = ["batch", "precision", "optimizer", "averaging", "fusedAttention", "checkpointing"];

/**
 * Memory of training: weights, gradients, optimizer state, moving average, saved activations. Work space of kernels and
 * fragmentation come on top.
 * @throws FlopsError("config") if the config or an option is wrong.
 */
export const memory = (config: DitConfig, options: MemoryOptions): Memory => {
  onlyKeys("config", "memory's options", options, memoryKeys);
  const { batch, precision = precisions.f32, optimizer = optimizers.adamw, averaging = true } = options;
  integer("config", "batch", batch);
  checkPrecision(precision);
  checkOptimizer(optimizer);
  const { all, trainable } = parameters(config);
  const weights = all * (precision.weight + precision.copy);
  const gradients = trainable * precision.gradient;
  const state = optimizer.states * trainable * precision.state;
  const average = integer("config", "averaging", Number(averaging), 0) * all * precision.state;
  const numbers = batch * savedActivations(config, options.fusedAttention, options.checkpointing);
  const activations = numbers * precision.activation;
  const total = weights + gradients + state + average + activations;
  return { weights, gradients, optimizer: state, average, activations, total };
};
