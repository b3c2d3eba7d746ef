import type { WeightLayout } from "./layout.js";
import { part, spelledBy, storedBy, type Table } from "./table.js";

const block = "transformer_blocks.*";

const table: Table = {
  head: [
    ["scale_shift_table", "final_layer.scale_shift_table"],
    ["pos_embed.proj", "x_embedder.proj"],
  ],
  block: [
    [`${block}.scale_shift_table`, "blocks.*.scale_shift_table"],
    [`${block}.attn1.to_q`, "blocks.*.attn.qkv", part(0, 3)],
    [`${block}.attn1.to_k`, "blocks.*.attn.qkv", part(1, 3)],
    [`${block}.attn1.to_v`, "blocks.*.attn.qkv", part(2, 3)],
    [`${block}.attn1.to_out.0`, "blocks.*.attn.proj"],
    [`${block}.attn2.to_q`, "blocks.*.cross_attn.q_linear"],
    [`${block}.attn2.to_k`, "blocks.*.cross_attn.kv_linear", part(0, 2)],
    [`${block}.attn2.to_v`, "blocks.*.cross_attn.kv_linear", part(1, 2)],
    [`${block}.attn2.to_out.0`, "blocks.*.cross_attn.proj"],
    [`${block}.ff.net.0.proj`, "blocks.*.mlp.fc1"],
    [`${block}.ff.net.2`, "blocks.*.mlp.fc2"],
  ],
  tail: [
    ["proj_out", "final_layer.linear"],
    ["adaln_single.emb.timestep_embedder.linear_1", "t_embedder.mlp.0"],
    ["adaln_single.emb.timestep_embedder.linear_2", "t_embedder.mlp.2"],
    ["adaln_single.linear", "t_block.1"],
    ["caption_projection.linear_1", "y_embedder.y_proj.fc1"],
    ["caption_projection.linear_2", "y_embedder.y_proj.fc2"],
  ],
};

/**
 * `PixArtTransformer2DModel`, and `Transformer2DModel` of norm type "ada_norm_single", of `huggingface/diffusers` at 58eb52c
 * (`scripts/convert_pixart_alpha_to_diffusers.py`). Positions are computed there; the null caption is the text encoder's of "".
 */
export const diffusersPixArt: WeightLayout = {
  name: "diffusersPixArt",
  marks: ["pos_embed.proj.weight", "adaln_single.linear.weight"],
  holds: {
    conditioning: ["adaLNSingle"],
    context: ["features"],
    mlpRatio: [4],
    positions: ["sincos"],
    qkNorm: ["none"],
    square: true,
  },
  spelled: (name) => spelledBy(table, name),
  arrays: (config, parameters) => storedBy(table, config, parameters),
};
