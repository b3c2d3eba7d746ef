import type { WeightLayout } from "./layout.js";
import { official } from "./official.js";
import { croppedPositions } from "./positions.js";

/**
 * `Stability-AI/sd3-ref: mmdit.py` at 883b836, whose names ours are for MM-DiT. Its files have them behind `model.diffusion_model.`, beside
 * an autoencoder, and a position table for the largest image, which is cropped to that of the config.
 */
export const SD3: WeightLayout = {
  ...official,
  name: "SD3",
  marks: ["x_embedder.proj.weight", "joint_blocks.0.x_block.attn.qkv.weight", "context_embedder.weight"],
  holds: { conditioning: ["mmDit"], context: ["features"], timeScale: [1000], square: true },
  canonical: (arrays, config) => croppedPositions(arrays, config, "pos_embed"),
};
