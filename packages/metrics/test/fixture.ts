import { readFileSync } from "node:fs";
import { type Features, features } from "../src/index.js";

const read = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url));

/** Reference values computed in float64 by PyTorch and NumPy formulas. */
export const expected: {
  readonly frechet_distance: number;
  readonly frechet_distance_first_20: number;
  readonly kernel_distance: number;
  readonly manifold_k3: Readonly<Record<string, number>>;
  readonly manifold_k5: Readonly<Record<string, number>>;
  readonly inception_score: { readonly splits: number; readonly mean: number; readonly std: number };
} = JSON.parse(read("metrics.json").toString());

const file = read("metrics.safetensors");
const headerLength = Number(file.readBigUInt64LE(0));
const header: Readonly<Record<string, { shape: [number, number]; data_offsets: [number, number] }>> = JSON.parse(
  file.subarray(8, 8 + headerLength).toString(),
);

/** A tensor of the fixture as features. */
export const tensor = (name: "real" | "fake" | "logits"): Features => {
  const { shape, data_offsets } = header[name]!;
  const [from, to] = data_offsets.map((offset) => offset + 8 + headerLength) as [number, number];
  const bytes = Uint8Array.from(file.subarray(from, to));
  return features("fixture", shape[1], new Float32Array(bytes.buffer));
};

export const firstRows = (all: Features, count: number): Features =>
  features(all.extractor, all.dim, all.data.slice(0, count * all.dim));
