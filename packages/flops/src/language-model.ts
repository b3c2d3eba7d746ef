import { integer, onlyKeys, positive } from "./errors.js";
import type { Flops, Parameters, Tokens } from "./units.js";

/** A causal language model, for the published rules of thumb that a diffusion count is compared with. */
export interface LanguageModel {
  readonly depth: number;
  readonly width: number;
  readonly mlpWidth: number;
  readonly heads: number;
  /** Tokens of one sequence. */
  readonly sequence: number;
  readonly vocabulary: number;
}

const fields = ["depth", "width", "mlpWidth", "heads", "sequence", "vocabulary"] as const;

const checked = (model: LanguageModel): LanguageModel => {
  onlyKeys("config", "the language model", model, fields);
  for (const field of fields) integer("config", field, model[field]);
  return model;
};

const checkedN = (n: Parameters): Parameters => positive("config", "n", n);

/** Training FLOPs by C = 6·N·D (Kaplan et al., arXiv 2001.08361). */
export const sixND = (n: Parameters, d: Tokens): Flops => 6 * checkedN(n) * positive("config", "d", d);

/** Kaplan's N = 2·d·L·(2·d + d_ff), without embeddings and biases (table 1). */
export const kaplanParameters = (model: LanguageModel): Parameters => {
  const { depth, width, mlpWidth } = checked(model);
  return 2 * width * depth * (2 * width + mlpWidth);
};

/** Kaplan's forward FLOPs per token, 2·N + 2·L·T·d (table 1). */
export const kaplanForward = (model: LanguageModel): Flops =>
  2 * kaplanParameters(model) + 2 * model.depth * model.sequence * model.width;

/** PaLM's training FLOPs of one sequence: (6·N + 12·L·H·Q·T) per token, H·Q = d (arXiv 2204.02311, appendix B). */
export const palmTraining = (model: LanguageModel, n: Parameters): Flops => {
  const { depth, width, sequence } = checked(model);
  return (6 * checkedN(n) + 12 * depth * width * sequence) * sequence;
};

/** llm-foundry's training FLOPs of a batch: 3·(2·N·T + 4·L·d·T²) per sequence. */
export const llmFoundryTraining = (model: LanguageModel, n: Parameters, batch = 1): Flops => {
  const { depth, width, sequence } = checked(model);
  const perSequence = 3 * (2 * checkedN(n) * sequence + 4 * depth * width * sequence ** 2);
  return perSequence * integer("config", "batch", batch);
};

/** Parameters of a bias-free GPT-2 with tied embeddings and learned positions (nanoGPT). */
export const gptParameters = (model: LanguageModel): Parameters => {
  const { depth, width, mlpWidth, sequence, vocabulary } = checked(model);
  const block = 4 * width ** 2 + 2 * width * mlpWidth + 2 * width;
  return vocabulary * width + sequence * width + depth * block + width;
};

/** Forward FLOPs of one sequence, every product and the logits, no causal discount (nanoGPT transformer_sizing). */
export const gptForward = (model: LanguageModel): Flops => {
  const { depth, width, mlpWidth, sequence, vocabulary } = checked(model);
  const block = 8 * sequence * width ** 2 + 4 * sequence ** 2 * width + 4 * sequence * width * mlpWidth;
  return depth * block + 2 * sequence * width * vocabulary;
};

/**
 * Parameters by Chinchilla's architecture: relative positions with two biases, biases everywhere, an output table
 * without bias, input embeddings left out.
 */
export const chinchillaParameters = (model: LanguageModel): Parameters => {
  const { depth, width, mlpWidth, vocabulary } = checked(model);
  const attention = 4 * width ** 2 + 4 * width;
  const relative = width ** 2 + 2 * width;
  const mlp = 2 * width * mlpWidth + mlpWidth + width;
  return depth * (attention + relative + mlp + 4 * width) + 2 * width + width * vocabulary;
};

/**
 * Training FLOPs of one sequence by Chinchilla's appendix F (arXiv 2203.15556): products, softmax at 3 per score, and
 * with `embeddings` the look-up as a one-hot product and the logits; backward is twice forward. The paper's table A4
 * agrees with `embeddings: false`.
 */
export const chinchillaTraining = (model: LanguageModel, embeddings = true): Flops => {
  const { depth, width, mlpWidth, heads, sequence, vocabulary } = checked(model);
  const attention = 8 * sequence * width ** 2 + 4 * sequence ** 2 * width + 3 * heads * sequence ** 2;
  const block = attention + 4 * sequence * width * mlpWidth;
  const tables = embeddings ? 4 * sequence * vocabulary * width : 0;
  return 3 * (depth * block + tables);
};
