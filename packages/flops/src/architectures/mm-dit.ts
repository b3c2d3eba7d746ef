import {
  attentionOutput,
  attentionProducts,
  finalNorm,
  mlp,
  modulation,
  queryKeyValue,
  type Stream,
} from "../blocks.js";
import { contextTokens, finalLinear, type Layer, patchEmbedding, timeEmbedding, vectorMlp } from "../layers.js";
import type { Resolved } from "../resolved.js";
import type { Architecture } from "./architecture.js";

const stream = (name: string, rows: number, times: number, kind: Stream["modulation"]): Stream => ({
  prefix: `joint_blocks.*.${name}`,
  rows,
  times,
  modulation: kind,
});

const wholeStream = (c: Resolved, name: string, rows: number, times: number, imageRows = 0): Layer[] => {
  const s = { ...stream(name, rows, times, "shiftScaleGate"), imageRows };
  const vectors = modulation(c, `${s.prefix}.adaLN_modulation`, 6, times);
  return times === 0 ? [] : [...vectors, ...queryKeyValue(c, s), ...attentionOutput(c, s), ...mlp(c, s)];
};

const layers = (c: Resolved): Layer[] => {
  const { context, depth, imageTokens } = c;
  const words = c.registers + c.contextTokens;
  const pooled = context.kind === "features" ? context.pooled : undefined;
  const last = stream("context_block(last)", words, 1, "shiftScale");
  return [
    ...patchEmbedding(c),
    ...timeEmbedding(c),
    ...contextTokens(c),
    ...(pooled === undefined ? [] : vectorMlp("y_embedder.mlp", "contextEmbedding", pooled, c)),
    ...wholeStream(c, "context_block", words, depth - 1),
    ...modulation(c, `${last.prefix}.adaLN_modulation`, 2),
    ...queryKeyValue(c, last),
    ...wholeStream(c, "x_block", imageTokens, depth, imageTokens),
    attentionProducts(c, "joint_blocks.*", imageTokens + words, depth),
    ...modulation(c, "final_layer.adaLN_modulation", 2),
    ...finalNorm(c, true),
    finalLinear(c),
  ];
};

/**
 * SD3's two streams, each with weights of its own, with joint attention over context and image tokens (arXiv 2403.03206); registers go with the context. The last block's
 * context stream only gives queries, keys and values (`pre_only`): nothing reads its output.
 */
export const mmDit = {
  name: "mmDit",
  words: "transformer of two streams with joint attention",
  readsTime: false,
  readsContext: "always",
  takesPooled: true,
  layers,
} as const satisfies Architecture;
