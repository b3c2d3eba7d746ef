import { architectures } from "./architectures/index.js";
import type { DitConfig } from "./config.js";
import { oneOf } from "./errors.js";
import { type Layer, type Part, parts } from "./layers.js";
import { parameters as stored } from "./operations.js";
import { layers, resolve } from "./resolve.js";
import type { Parameters, Tokens } from "./units.js";

/**
 * Which numbers N counts. It moves scaling exponents by hundredths, so it is always said.
 * - `all`: everything in a state dict, frozen position tables too (the official DiT's 675,129,632 for XL/2).
 * - `trainable`: without frozen tables.
 * - `nonEmbedding`: trainable, without look-up tables, learned positions and registers, which cost no products.
 * - `withoutModulation`: non-embedding, without modulation, which works once per sample and not once per token.
 * - `active`: trainable, with as many experts of a mixture as a token goes through: all that are trainable where there is none.
 */
export const parameterSets = ["all", "trainable", "nonEmbedding", "withoutModulation", "active"] as const;
export type ParameterSet = (typeof parameterSets)[number];

/** Which tokens D counts: `image` tokens alone, or `all` that the blocks read, registers, time and context tokens among them. */
export const tokenSets = ["image", "all"] as const;
export type TokenSet = (typeof tokenSets)[number];

/** N under every {@link ParameterSet}, with the trainable numbers by part. */
export interface ParameterCount extends Readonly<Record<ParameterSet, Parameters>> {
  readonly parts: Readonly<Partial<Record<Part, Parameters>>>;
}

const isTrainable = ({ operation }: Layer) => operation.kind !== "table" || operation.trainable;
const isEmbedding = ({ operation }: Layer) =>
  operation.kind === "lookup" || (operation.kind === "table" && operation.role !== "modulation");

/**
 * Parameters of a model, exact.
 * @throws FlopsError("config") if the config is wrong.
 */
export const parameters = (config: DitConfig): ParameterCount => {
  const all = layers(config);
  const sum = (some: readonly Layer[]) => some.reduce((n, { operation, times }) => n + times * stored(operation), 0);
  const trainable = all.filter(isTrainable);
  const nonEmbedding = trainable.filter((layer) => !isEmbedding(layer));
  const byPart = parts.map((part) => [part, sum(trainable.filter((layer) => layer.part === part))] as const);
  return {
    all: sum(all),
    trainable: sum(trainable),
    nonEmbedding: sum(nonEmbedding),
    withoutModulation: sum(nonEmbedding.filter(({ part }) => part !== "modulation")),
    active: sum(trainable.map((layer) => ({ ...layer, ...layer.active }))),
    parts: Object.fromEntries(byPart.filter(([, n]) => n > 0)),
  };
};

/**
 * Tokens of one sample.
 * @throws FlopsError("config") if the config or the set is wrong.
 */
export const tokensPerSample = (config: DitConfig, set: TokenSet = "image"): Tokens => {
  const { conditioning, imageTokens, contextTokens, timeTokens, registers } = resolve(config);
  oneOf("config", "tokens", set, tokenSets);
  if (set === "image") return imageTokens;
  const read = architectures.get(conditioning).readsContext === "never" ? 0 : contextTokens + timeTokens;
  return imageTokens + registers + read;
};
