import { FlopsError, notNegative, oneOf, onlyKeys } from "./errors.js";
import { type ElementwiseRole, elementwiseRoles } from "./operations.js";
import { type ParameterSet, parameterSets, type TokenSet, tokenSets } from "./parameters.js";

/** Matrix products added up one by one from the config. */
export interface ProductMethod {
  readonly kind: "products";
  /** Whether Q Kᵀ and its product with V count. Counters that hook modules miss them. */
  readonly attention: boolean;
  /** Whether a table look-up is free or counts as a product with one-hot rows (Chinchilla, appendix F). */
  readonly embeddings: "lookup" | "oneHot";
  /**
   * Experts of a mixture as they are computed, all the tokens that each has room for (default), or by what an ideal sparse program would
   * compute: each token through its active experts.
   */
  readonly experts?: "computed" | "active";
  /** Operations charged per element. Roles that are not named are free. */
  readonly elementwise: Readonly<Partial<Record<ElementwiseRole, number>>>;
}

/** Forward = tokens · (2 N + attention · depth · tokens · width), the language-model rules of thumb. */
export interface EstimateMethod {
  readonly kind: "estimate";
  readonly parameters: ParameterSet;
  /** FLOPs per layer, token, attended token and unit of width: 4 counts both products, 2 discounts a causal mask. */
  readonly attention: number;
}

/** Everything that decides what a count means. A plain value: spread it to change a field. */
export interface Convention {
  readonly name: string;
  /** A multiply-accumulate is one `mac` or two `flop`. */
  readonly unit: "flop" | "mac";
  readonly method: ProductMethod | EstimateMethod;
  /**
   * `threeTimes`: backward is twice forward. `exact`: dW of every product, and dX where something trainable lies
   * before it. `exactFused`: also Q Kᵀ once more, as a fused attention kernel recomputes it.
   */
  readonly backward: "threeTimes" | "exact" | "exactFused";
  /** Which tokens D counts, and which the estimates multiply by. */
  readonly tokens: TokenSet;
}

const products: ProductMethod = { kind: "products", attention: true, embeddings: "lookup", elementwise: {} };
const estimate = (parameters: ParameterSet, attention: number): EstimateMethod => ({
  kind: "estimate",
  parameters,
  attention,
});

const exact: Convention = { name: "exact", unit: "flop", method: products, backward: "exact", tokens: "image" };
const rule: Convention = { ...exact, backward: "threeTimes" };

/** The conventions of the field, by the name of who counts so. */
export const conventions = {
  /** 2·m·n·k per matrix product and nothing else; what a traced program with unfused attention counts. */
  exact,
  /** As `exact`, with the backward pass of a fused attention kernel; what a traced program with one counts. */
  exactFused: { ...exact, name: "exactFused", backward: "exactFused" },
  /** As `exact`, with nothing computed for the empty places of experts: what a sparse program could come down to. */
  sparse: { ...exact, name: "sparse", method: { ...products, experts: "active" } },
  /** Exact forward and twice that backward. */
  threeTimes: { ...rule, name: "threeTimes" },
  /** PyTorch's `FlopCounterMode` with fused attention: five products in its backward (torch/utils/flop_counter.py). */
  torch: { ...exact, name: "torch", backward: "exactFused" },
  /** "Gflops" of the DiT paper (arXiv 2212.09748): MACs, plus one operation per element of a block's two norms. */
  paper2023: { ...rule, name: "paper2023", unit: "mac", method: { ...products, elementwise: { blockNorm: 1 } } },
  /** thop and other module-hook counters: MACs, attention products missed. */
  thop: { ...rule, name: "thop", unit: "mac", method: { ...products, attention: false } },
  /** PaLM appendix B (arXiv 2204.02311): 6N + 12·L·H·Q·T per token in training. */
  palm: { ...rule, name: "palm", method: estimate("trainable", 4) },
  /** Chinchilla appendix F (arXiv 2203.15556): softmax 3 per score, look-ups as one-hot products. */
  chinchilla: {
    ...rule,
    name: "chinchilla",
    method: { ...products, embeddings: "oneHot", elementwise: { softmax: 3 } },
  },
  /** Kaplan et al. (arXiv 2001.08361): 2N + 2·L·T·d per token forward, N without embeddings. */
  kaplan: { ...rule, name: "kaplan", method: estimate("nonEmbedding", 2) },
  /** C = 6·N·D with N the trainable parameters and D the image tokens. */
  sixND: { ...rule, name: "sixND", method: estimate("trainable", 0) },
} as const satisfies Record<string, Convention>;

export type ConventionName = keyof typeof conventions;

/** C = 6·N·D with the N and D that you mean. */
export const sixNDOf = (parameters: ParameterSet, tokens: TokenSet = "image"): Convention => ({
  ...rule,
  name: `sixND(${parameters}, ${tokens})`,
  method: estimate(parameters, 0),
  tokens,
});

const canonical = (value: unknown): string => {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "undefined";
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${key}:${canonical(inner)}`).join()}}`;
};

/** Whether two conventions count alike, whatever they are called. */
export const sameConvention = (a: Convention, b: Convention): boolean =>
  canonical({ ...a, name: "" }) === canonical({ ...b, name: "" });

const checkMethod = (method: ProductMethod | EstimateMethod): void => {
  if (oneOf("convention", "method.kind", method.kind, ["products", "estimate"]) === "estimate") {
    const { parameters, attention } = method as EstimateMethod;
    onlyKeys("convention", "method", method, ["kind", "parameters", "attention"]);
    oneOf("convention", "method.parameters", parameters, parameterSets);
    notNegative("convention", "method.attention", attention);
    return;
  }
  const { embeddings, elementwise, experts = "computed" } = method as ProductMethod;
  onlyKeys("convention", "method", method, ["kind", "attention", "embeddings", "experts", "elementwise"]);
  oneOf("convention", "method.experts", experts, ["computed", "active"]);
  oneOf("convention", "method.embeddings", embeddings, ["lookup", "oneHot"]);
  onlyKeys("convention", "method.elementwise", elementwise, elementwiseRoles);
  for (const [role, charge] of Object.entries(elementwise))
    notNegative("convention", `method.elementwise.${role}`, charge);
};

/**
 * Charges per element say nothing about a backward pass, so only the 3× rule can extend them to it.
 * @throws FlopsError("convention") if a field is unknown or wrong, or the fields contradict each other.
 */
export const checkConvention = (convention: Convention): void => {
  onlyKeys("convention", "the convention", convention, ["name", "unit", "method", "backward", "tokens"]);
  const { method, backward, name, unit, tokens } = convention;
  oneOf("convention", "unit", unit, ["flop", "mac"]);
  oneOf("convention", "backward", backward, ["threeTimes", "exact", "exactFused"]);
  oneOf("convention", "tokens", tokens, tokenSets);
  checkMethod(method);
  if (method.kind === "estimate" && (backward !== "threeTimes" || unit !== "flop")) {
    throw new FlopsError("convention", `"${name}" estimates from N; it needs unit "flop" and backward "threeTimes".`);
  }
  if (method.kind === "products" && Object.keys(method.elementwise).length > 0 && backward !== "threeTimes") {
    throw new FlopsError("convention", `"${name}" charges elements; its backward is "${backward}", not "threeTimes".`);
  }
};
