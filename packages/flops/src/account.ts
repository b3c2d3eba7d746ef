import type { DitConfig, ResolvedConfig } from "./config.js";
import { type Convention, conventions, sixNDOf } from "./convention.js";
import { byPart, type Count } from "./count.js";
import { type ParameterCount, type ParameterSet, parameterSets, parameters, tokensPerSample } from "./parameters.js";
import { training } from "./passes.js";
import { resolve } from "./resolve.js";
import type { Flops, Tokens } from "./units.js";

/** 6·N per image token for one meaning of N, beside the exact count. */
export interface SixND {
  readonly n: ParameterSet;
  readonly perSample: Flops;
  /** Exact training FLOPs over 6·N·D: below 1 where N has weights that do not work on every token. */
  readonly exactOverSixND: number;
}

/** A model's whole account for one sample. */
export interface Account {
  readonly config: ResolvedConfig;
  readonly convention: Convention;
  readonly parameters: ParameterCount;
  readonly tokens: { readonly image: Tokens; readonly all: Tokens };
  readonly forward: Count;
  readonly backward: Count;
  readonly training: Count;
  readonly sixND: readonly SixND[];
}

/**
 * Parameters, tokens, forward, backward and training work of a model, with 6ND under every meaning of N beside them.
 * @throws FlopsError if the config or the convention is wrong.
 */
export const account = (config: DitConfig, convention: Convention = conventions.exact): Account => {
  const { forward, backward, total } = training(config, convention);
  const exact = training(config).total.total;
  const sets = parameterSets.filter((set) => set !== "active" || config.experts);
  const sixND = sets.map((n): SixND => {
    const perSample = training(config, sixNDOf(n)).total.total;
    return { n, perSample, exactOverSixND: exact / perSample };
  });
  const tokens = { image: tokensPerSample(config), all: tokensPerSample(config, "all") };
  return {
    config: resolve(config),
    convention,
    parameters: parameters(config),
    tokens,
    forward,
    backward,
    training: total,
    sixND,
  };
};

const digits = (value: number): string => value.toLocaleString("en-US");

/** The account as lines of text: every number with its unit, its convention and its share. */
export const format = ({ convention, parameters: n, tokens, forward, training: total, sixND }: Account): string => {
  const unit = convention.unit === "flop" ? "FLOPs" : "MACs";
  const shares = Object.entries(byPart(forward)).map(
    ([part, value]) => `  ${part.padEnd(26)}${digits(value).padStart(20)}${percent(value / forward.total)}`,
  );
  return [
    `${unit} per sample, convention "${convention.name}" (backward ${convention.backward})`,
    ...shares,
    `  ${"forward".padEnd(26)}${digits(forward.total).padStart(20)}`,
    `  ${"training".padEnd(26)}${digits(total.total).padStart(20)}`,
    `tokens per sample: ${tokens.image} image, ${tokens.all} in all`,
    "parameters N, and 6·N·(image tokens) beside the exact training FLOPs",
    ...sixND.map(
      (row) =>
        `  ${row.n.padEnd(26)}${digits(n[row.n]).padStart(20)}  6ND ${digits(row.perSample)}, exact/6ND ${row.exactOverSixND.toFixed(3)}`,
    ),
  ].join("\n");
};

const percent = (share: number): string => `${(100 * share).toFixed(2).padStart(8)} %`;
