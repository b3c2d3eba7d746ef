import { resolve } from "@isoflop/flops";
import type { Stored, WeightLayout } from "./layout.js";
import { official } from "./official.js";

/** The null caption, [tokens, dim], a buffer: `condition` is given it for guidance. */
const nullCaption = "y_embedder.y_embedding";

/**
 * `PixArt-alpha/PixArt-alpha: diffusion/model/nets/PixArt.py` at cac2fd3, whose names ours are for adaLN-single, and its null caption. The
 * embeddings of size and aspect ratio of its models of 1024² pixels, `csize_embedder` and `ar_embedder`, are not built.
 */
export const PixArt: WeightLayout = {
  ...official,
  name: "PixArt",
  marks: ["x_embedder.proj.weight", "t_block.1.weight", "y_embedder.y_proj.fc1.weight"],
  holds: {
    conditioning: ["adaLNSingle"],
    context: ["features"],
    positions: ["sincos", "learned"],
    qkNorm: ["none"],
    square: true,
  },
  arrays(config, parameters) {
    const { context } = resolve(config);
    const all = official.arrays(config, parameters);
    if (context.kind !== "features") return all;
    const caption: Stored = { name: nullCaption, shape: [context.tokens, context.dim], data: true };
    const first = all.findIndex(({ name }) => name.startsWith("y_embedder."));
    return [...all.slice(0, first), caption, ...all.slice(first)];
  },
};
