import type { WeightLayout } from "./layout.js";
import { croppedPositions, storedPositions } from "./positions.js";
import { halvesSwapped, part, spelledBy, storedBy, type Table } from "./table.js";

const block = "transformer_blocks.*";
const [image, context] = ["joint_blocks.*.x_block", "joint_blocks.*.context_block"];

const table: Table = {
  head: [
    ["pos_embed.pos_embed", "pos_embed"],
    ["pos_embed.proj", "x_embedder.proj"],
    ["time_text_embed.timestep_embedder.linear_1", "t_embedder.mlp.0"],
    ["time_text_embed.timestep_embedder.linear_2", "t_embedder.mlp.2"],
    ["time_text_embed.text_embedder.linear_1", "y_embedder.mlp.0"],
    ["time_text_embed.text_embedder.linear_2", "y_embedder.mlp.2"],
    ["context_embedder", "context_embedder"],
  ],
  block: [
    [`${block}.norm1.linear`, `${image}.adaLN_modulation.1`],
    [`${block}.norm1_context.linear`, `${context}.adaLN_modulation.1`],
    [`${block}.attn.norm_q`, `${image}.attn.ln_q`],
    [`${block}.attn.norm_k`, `${image}.attn.ln_k`],
    [`${block}.attn.to_q`, `${image}.attn.qkv`, part(0, 3)],
    [`${block}.attn.to_k`, `${image}.attn.qkv`, part(1, 3)],
    [`${block}.attn.to_v`, `${image}.attn.qkv`, part(2, 3)],
    [`${block}.attn.add_k_proj`, `${context}.attn.qkv`, part(1, 3)],
    [`${block}.attn.add_v_proj`, `${context}.attn.qkv`, part(2, 3)],
    [`${block}.attn.add_q_proj`, `${context}.attn.qkv`, part(0, 3)],
    [`${block}.attn.to_out.0`, `${image}.attn.proj`],
    [`${block}.attn.to_add_out`, `${context}.attn.proj`],
    [`${block}.attn.norm_added_q`, `${context}.attn.ln_q`],
    [`${block}.attn.norm_added_k`, `${context}.attn.ln_k`],
    [`${block}.ff.net.0.proj`, `${image}.mlp.fc1`],
    [`${block}.ff.net.2`, `${image}.mlp.fc2`],
    [`${block}.ff_context.net.0.proj`, `${context}.mlp.fc1`],
    [`${block}.ff_context.net.2`, `${context}.mlp.fc2`],
  ],
  // Norms that only modulate, with no gate, have the scale before the shift there.
  last: [[`${block}.norm1_context.linear`, `${context}.adaLN_modulation.1`, halvesSwapped]],
  tail: [
    ["norm_out.linear", "final_layer.adaLN_modulation.1", halvesSwapped],
    ["proj_out", "final_layer.linear"],
  ],
};

const positions = "pos_embed.pos_embed";

/**
 * `SD3Transformer2DModel` of `huggingface/diffusers` at 58eb52c (`scripts/convert_sd3_to_diffusers.py`). Its position table is for the largest
 * image and is cropped to that of the config; a file that is written has that of the config. The second attention of SD3.5's first blocks,
 * `attn2`, is not built.
 */
export const diffusersSD3: WeightLayout = {
  name: "diffusersSD3",
  marks: ["pos_embed.proj.weight", "transformer_blocks.0.attn.add_q_proj.weight"],
  holds: {
    conditioning: ["mmDit"],
    context: ["features"],
    pooled: true,
    mlpRatio: [4],
    positions: ["sincos", "learned"],
    qkNorm: ["none", "rms"],
    square: true,
  },
  spelled: (name) => spelledBy(table, name),
  arrays: (config, parameters) => [...storedPositions(config, positions), ...storedBy(table, config, parameters)],
  canonical: (arrays, config) => croppedPositions(arrays, config, positions),
};
