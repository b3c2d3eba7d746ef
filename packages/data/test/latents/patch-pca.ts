import { type Writable, writeSafetensors } from "@isoflop/tensor/safetensors";
import type { ImageShape } from "../../src/index.js";

/** A linear autoencoder of the patches of pictures: their principal components, [channels, 3 p²], around their mean. */
export interface PatchPca {
  readonly patch: number;
  readonly channels: number;
  readonly mean: Float64Array;
  /** Rows of unit length, the largest variance first. */
  readonly components: readonly Float64Array[];
  /** Variances along all 3 p² axes, the largest first. */
  readonly variances: readonly number[];
}

/** Patches as rows [n · h/p · w/p][3 p²], each in the order of PixelShuffle: colour, row, column. */
const patchesOf = (pictures: Float32Array, [c, h, w]: ImageShape, p: number): Float64Array[] => {
  const rows: Float64Array[] = [];
  for (let n = 0; n < pictures.length / (c * h * w); n++)
    for (let y = 0; y < h; y += p)
      for (let x = 0; x < w; x += p)
        rows.push(
          Float64Array.from({ length: c * p * p }, (_, at) => {
            const [colour, i, j] = [Math.floor(at / (p * p)), Math.floor(at / p) % p, at % p];
            return pictures[((n * c + colour) * h + y + i) * w + x + j]!;
          }),
        );
  return rows;
};

/** Eigenvectors of a symmetric matrix by Jacobi's rotations, the largest eigenvalue first. */
const eigen = (matrix: readonly Float64Array[]): { value: number; vector: Float64Array }[] => {
  const n = matrix.length;
  const a = matrix.map((row) => Float64Array.from(row));
  const vectors = a.map((_, i) => Float64Array.from({ length: n }, (__, j) => Number(i === j)));
  const rotate = (rows: readonly Float64Array[], p: number, q: number, c: number, s: number, columns: boolean) => {
    for (let k = 0; k < n; k++) {
      const [x, y] = columns ? [rows[k]![p]!, rows[k]![q]!] : [rows[p]![k]!, rows[q]![k]!];
      if (columns) [rows[k]![p], rows[k]![q]] = [c * x - s * y, s * x + c * y];
      else [rows[p]![k], rows[q]![k]] = [c * x - s * y, s * x + c * y];
    }
  };
  for (let sweep = 0; sweep < 30; sweep++)
    for (let p = 0; p < n; p++)
      for (let q = p + 1; q < n; q++) {
        if (Math.abs(a[p]![q]!) < 1e-300) continue;
        const theta = (a[q]![q]! - a[p]![p]!) / (2 * a[p]![q]!);
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
        const c = 1 / Math.hypot(t, 1);
        rotate(a, p, q, c, t * c, true);
        rotate(a, p, q, c, t * c, false);
        rotate(vectors, p, q, c, t * c, false);
      }
  return vectors.map((vector, i) => ({ value: a[i]![i]!, vector })).sort((x, y) => y.value - x.value);
};

/** @param pictures `[n, ...shape]` */
export const patchPca = (pictures: Float32Array, shape: ImageShape, patch: number, channels: number): PatchPca => {
  const rows = patchesOf(pictures, shape, patch);
  const width = rows[0]!.length;
  const mean = Float64Array.from(
    { length: width },
    (_, i) => rows.reduce((sum, row) => sum + row[i]!, 0) / rows.length,
  );
  const covariance = Array.from({ length: width }, (_, i) =>
    Float64Array.from(
      { length: width },
      (__, j) => rows.reduce((sum, row) => sum + (row[i]! - mean[i]!) * (row[j]! - mean[j]!), 0) / rows.length,
    ),
  );
  const axes = eigen(covariance);
  const components = axes.slice(0, channels).map(({ vector }) => vector);
  return { patch, channels, mean, components, variances: axes.map(({ value }) => value) };
};

/** Latents `[n, channels, h/p, w/p]`. */
export const encode = (
  { patch, channels, mean, components }: PatchPca,
  pictures: Float32Array,
  shape: ImageShape,
): Float32Array => {
  const rows = patchesOf(pictures, shape, patch);
  const places = (shape[1] / patch) * (shape[2] / patch);
  const out = new Float32Array(rows.length * channels);
  for (const [at, row] of rows.entries())
    for (const [c, axis] of components.entries()) {
      const [n, place] = [Math.floor(at / places), at % places];
      out[(n * channels + c) * places + place] = axis.reduce((sum, value, i) => sum + value * (row[i]! - mean[i]!), 0);
    }
  return out;
};

/** The decoder's file: one linear layer, out of the span of the components. */
export const decoderFile = ({ patch, channels, mean, components }: PatchPca): Uint8Array => {
  const out = 3 * patch * patch;
  const weight = Float32Array.from(
    { length: out * channels },
    (_, i) => components[i % channels]![Math.floor(i / channels)]!,
  );
  const tensors: Record<string, Writable> = {
    "layers.0.weight": { shape: [out, channels], data: weight, format: "F32" },
    "layers.0.bias": { shape: [out], data: Float32Array.from(mean), format: "F32" },
  };
  return writeSafetensors(tensors);
};
