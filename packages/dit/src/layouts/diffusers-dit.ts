import type { WeightLayout } from "./layout.js";
import { part, spelledBy, storedBy, type Table } from "./table.js";

const block = "transformer_blocks.*";

const table: Table = {
  head: [["pos_embed.proj", "x_embedder.proj"]],
  block: [
    // Every block has the embedders again; conversion writes copies of one.
    [`${block}.norm1.emb.timestep_embedder.linear_1`, "t_embedder.mlp.0"],
    [`${block}.norm1.emb.timestep_embedder.linear_2`, "t_embedder.mlp.2"],
    [`${block}.norm1.emb.class_embedder.embedding_table`, "y_embedder.embedding_table"],
    [`${block}.norm1.linear`, "blocks.*.adaLN_modulation.1"],
    [`${block}.attn1.to_q`, "blocks.*.attn.qkv", part(0, 3)],
    [`${block}.attn1.to_k`, "blocks.*.attn.qkv", part(1, 3)],
    [`${block}.attn1.to_v`, "blocks.*.attn.qkv", part(2, 3)],
    [`${block}.attn1.to_out.0`, "blocks.*.attn.proj"],
    [`${block}.ff.net.0.proj`, "blocks.*.mlp.fc1"],
    [`${block}.ff.net.2`, "blocks.*.mlp.fc2"],
  ],
  tail: [
    ["proj_out_1", "final_layer.adaLN_modulation.1"],
    ["proj_out_2", "final_layer.linear"],
  ],
};

/**
 * `DiTTransformer2DModel`, and `Transformer2DModel` of norm type "ada_norm_zero", of `huggingface/diffusers` at 58eb52c
 * (`scripts/convert_dit_to_diffusers.py`). Positions are computed there and not stored.
 */
export const diffusersDiT: WeightLayout = {
  name: "diffusersDiT",
  marks: ["pos_embed.proj.weight", "transformer_blocks.0.norm1.emb.timestep_embedder.linear_1.weight"],
  holds: {
    conditioning: ["adaLNZero"],
    context: ["classes"],
    mlpRatio: [4],
    positions: ["sincos"],
    qkNorm: ["none"],
    square: true,
  },
  spelled: (name) => spelledBy(table, name),
  arrays: (config, parameters) => storedBy(table, config, parameters),
};
