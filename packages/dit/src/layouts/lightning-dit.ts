import { resolve } from "@isoflop/flops";
import type { Stored, WeightLayout } from "./layout.js";
import { modulatedNorms, withPlainNorms } from "./modulated-norms.js";
import { storedPositions } from "./positions.js";
import { rotaryTables } from "./rotary.js";
import { spelledBy, storedBy, type Table } from "./table.js";

const same = (name: string) => [name, name] as const;

const table: Table = {
  head: [
    ...[same("x_embedder.proj"), same("t_embedder.mlp.0"), same("t_embedder.mlp.2")],
    same("y_embedder.embedding_table"),
  ],
  block: [
    same("blocks.*.attn.qkv"),
    ["blocks.*.attn.q_norm", "blocks.*.attn.ln_q"],
    ["blocks.*.attn.k_norm", "blocks.*.attn.ln_k"],
    ...[same("blocks.*.attn.proj"), same("blocks.*.mlp.fc1"), same("blocks.*.mlp.fc2")],
    ...[same("blocks.*.mlp.w12"), same("blocks.*.mlp.w3"), same("blocks.*.adaLN_modulation.1")],
  ],
  tail: [same("final_layer.linear"), same("final_layer.adaLN_modulation.1")],
};

/**
 * `hustvl/LightningDiT: models/lightningdit.py` at 2725fed. Its root-mean-square norms have weights where ours have none, as a modulation
 * follows: they are folded into its scale, and written as ones. Modulation without shifts (`wo_shift`) is read with shifts of zero. Rotary
 * tables are stored beside the sine-cosine one.
 */
export const LightningDiT: WeightLayout = {
  name: "LightningDiT",
  marks: [
    "x_embedder.proj.weight",
    ["final_layer.norm_final.weight", "blocks.0.attn.q_norm.weight", "feat_rope.freqs_cos"],
  ],
  holds: {
    conditioning: ["adaLNZero"],
    context: ["classes"],
    timeScale: [1],
    positions: ["sincos", "sincos+rope"],
    qkNorm: ["none", "rms"],
    norm: ["layer", "rms"],
    mlp: ["gelu", "swiglu"],
    square: true,
  },
  spelled: (name) => spelledBy(table, name),
  arrays(config, parameters) {
    const { width } = resolve(config);
    const ones = { shape: [width], values: () => new Float32Array(width).fill(1), what: "weight of a folded norm" };
    const before = new Map<string, readonly Stored[]>([["blocks.0.attn.qkv.weight", rotaryTables(config)]]);
    for (const { norm, before: module } of modulatedNorms(resolve(config))) {
      const first = `${module}.weight`;
      before.set(first, [...(before.get(first) ?? []), { ...ones, name: norm }]);
    }
    const stored = storedBy(table, config, parameters);
    return [...storedPositions(config), ...stored.flatMap((each) => [...(before.get(each.name) ?? []), each])];
  },
  canonical: withPlainNorms,
};
