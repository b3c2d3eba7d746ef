import type { Stored, WeightLayout } from "./layout.js";
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
  holds: {
    conditioning: ["mmDit"],
    context: ["features"],
    positions: ["sincos", "learned"],
    qkNorm: ["none", "rms"],
    registers: "any",
    square: true,
  },
  arrays: (config, parameters) => {
    const all = official.arrays(config, parameters);
    const isCaption = ({ name }: Stored): boolean => name.startsWith("context_embedder.");
    const first = all.findIndex(({ name }) => name.startsWith("joint_blocks."));
    // After the pooled vector's.
    return [...all.slice(0, first).filter((each) => !isCaption(each)), ...all.filter(isCaption), ...all.slice(first)];
  },
  canonical: (arrays, config) => croppedPositions(arrays, config, "pos_embed"),
};
