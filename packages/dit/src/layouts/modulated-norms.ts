import { type DitConfig, type ResolvedConfig, resolve } from "@isoflop/flops";
import { isFloat32, type NamedArray } from "../buffers.js";

/** A norm that is modulated. */
interface ModulatedNorm {
  /** Its weight. */
  readonly norm: string;
  /** The module before which it stands in the state dict. */
  readonly before: string;
  readonly modulation: string;
  /** Which of the modulation's vectors is the scale. */
  readonly scale: number;
  readonly of: number;
}

/** The norms of LightningDiT that have weights where they are root-mean-square norms. */
export const modulatedNorms = ({ depth, norm }: ResolvedConfig): readonly ModulatedNorm[] => {
  if (norm !== "rms") return [];
  const blocks = Array.from({ length: depth }, (_, i) => {
    const block = `blocks.${i}`;
    const modulation = { modulation: `${block}.adaLN_modulation.1`, of: 6, before: `${block}.attn.qkv` };
    return [
      { ...modulation, norm: `${block}.norm1.weight`, scale: 1 },
      { ...modulation, norm: `${block}.norm2.weight`, scale: 4 },
    ];
  });
  const last = { modulation: "final_layer.adaLN_modulation.1", of: 2, before: "final_layer.linear", scale: 1 };
  return [...blocks.flat(), { ...last, norm: "final_layer.norm_final.weight" }];
};

const fits = (array: NamedArray | undefined, shape: readonly number[]): array is NamedArray =>
  array?.shape.join() === shape.join() &&
  isFloat32(array.data) &&
  array.data.length === shape.reduce((product, n) => product * n, 1);

/** Modulation without shifts, [4d, ...]: scale and gate of attention, then of the MLP. With shifts of zero it is ours. */
const widened = (array: NamedArray, width: number): NamedArray => {
  const [, ...rest] = array.shape;
  const size = array.data.length / 4;
  const data = new Float32Array(6 * size);
  data.set(array.data.subarray(0, 2 * size), size);
  data.set(array.data.subarray(2 * size), 4 * size);
  return { shape: [6 * width, ...rest], data };
};

/** norm(x) ⊙ w ⊙ (1 + s) is norm(x) ⊙ (1 + s′) with s′ = w ⊙ s + w - 1, where s is a row of a linear layer: weight w ⊙ W, bias w ⊙ b + w - 1. */
const folded = (array: NamedArray, by: Float32Array, { scale, of }: ModulatedNorm, isBias: boolean): NamedArray => {
  const data = array.data.slice();
  const size = data.length / of;
  const row = size / by.length;
  for (let i = 0; i < size; i++) {
    const weight = by[Math.floor(i / row)]!;
    data[scale * size + i] = weight * data[scale * size + i]! + (isBias ? weight - 1 : 0);
  }
  return { shape: array.shape, data };
};

const leaves = (modulation: string) => [`${modulation}.weight`, `${modulation}.bias`] as const;

/** Arrays of LightningDiT with shifts in every modulation and norms of weight 1. */
export const withPlainNorms = (
  arrays: ReadonlyMap<string, NamedArray>,
  config: DitConfig,
): ReadonlyMap<string, NamedArray> => {
  const resolved = resolve(config);
  const { width, depth } = resolved;
  const out = new Map(arrays);
  const shapesOf = (vectors: number) => [[vectors * width, width], [vectors * width]] as const;
  for (let i = 0; i < depth; i++)
    for (const [leaf, name] of leaves(`blocks.${i}.adaLN_modulation.1`).entries()) {
      const array = out.get(name);
      if (fits(array, shapesOf(4)[leaf]!)) out.set(name, widened(array, width));
    }
  for (const each of modulatedNorms(resolved)) {
    const [weight, names] = [out.get(each.norm), leaves(each.modulation)];
    const both = names.map((name) => out.get(name));
    if (!fits(weight, [width]) || !both.every((array, i) => fits(array, shapesOf(each.of)[i]!))) continue;
    if (weight.data.every((value) => value === 1) || !weight.data.every(Number.isFinite)) continue;
    for (const [i, name] of names.entries()) out.set(name, folded(both[i]!, weight.data, each, i === 1));
    out.set(each.norm, { shape: weight.shape, data: new Float32Array(width).fill(1) });
  }
  return out;
};
