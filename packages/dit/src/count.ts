import { type DitConfig, type Parameters as ParameterTotal, type Part, parts, resolve } from "@isoflop/flops";
import { checkBuildable } from "./buildable.js";
import { specsOf } from "./network.js";
import { namedSpecs } from "./spec.js";

/** Numbers of what `init` makes. Frozen position tables are computed, so they are in none of them. */
export interface InitCount {
  readonly trainable: ParameterTotal;
  /** Without look-up tables and learned positions, which take part in no product. */
  readonly nonEmbedding: ParameterTotal;
  /** Trainable numbers by part; parts without any are absent. */
  readonly parts: Readonly<Partial<Record<Part, ParameterTotal>>>;
}

/**
 * Counts the parameters of a config without making them.
 * @throws FlopsError("config"), DitError("config") for a model that cannot be built
 */
export const parameterCount = (config: DitConfig): InitCount => {
  checkBuildable(config);
  const specs = namedSpecs(specsOf(resolve(config))).map(([, spec]) => spec);
  const sum = (some: typeof specs) => some.reduce((total, { size }) => total + size, 0);
  const byPart = parts.map((part) => [part, sum(specs.filter((spec) => spec.part === part))] as const);
  return {
    trainable: sum(specs),
    nonEmbedding: sum(specs.filter(({ embedding }) => !embedding)),
    parts: Object.fromEntries(byPart.filter(([, n]) => n > 0)),
  };
};
