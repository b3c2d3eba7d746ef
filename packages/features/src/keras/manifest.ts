import { must } from "../errors.js";
import type { Weights } from "../network/network.js";

/** A tensor as the manifest of a TensorFlow.js model describes it. */
interface WeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly quantization?: { readonly dtype: string; readonly scale: number; readonly min: number };
}

/** Groups of tensors that lie one after the other in files. */
export type WeightsManifest = readonly { readonly paths: readonly string[]; readonly weights: readonly WeightSpec[] }[];

/** Numbers of one tensor at a place in the files: of a quantised one, q scale + min. */
const numbersOf = ({ name, dtype, quantization }: WeightSpec, bytes: DataView, count: number) => {
  const stored = quantization?.dtype ?? dtype;
  const width = { uint8: 1, uint16: 2, float32: 4 }[stored];
  must(
    width !== undefined && dtype === "float32",
    "file",
    `The weights "${name}" are ${dtype} stored as ${stored}; float32 stored as float32, uint8 or uint16 can be read.`,
  );
  must(
    bytes.byteLength >= count * width,
    "file",
    `The weights "${name}" need ${count * width} bytes; ${bytes.byteLength} are left in the files.`,
  );
  const at = (i: number): number =>
    width === 1 ? bytes.getUint8(i) : width === 2 ? bytes.getUint16(2 * i, true) : bytes.getFloat32(4 * i, true);
  const { scale, min } = quantization ?? { scale: 1, min: 0 };
  const data = new Float32Array(count);
  for (let i = 0; i < count; i++) data[i] = at(i) * scale + min;
  return { data, bytes: count * width };
};

/**
 * Tensors by name, of the files of a manifest in its order.
 * @throws FeaturesError `file` for other dtypes, and where the files are shorter or longer than the manifest says
 */
export const readManifest = (manifest: WeightsManifest, files: Uint8Array): ReadonlyMap<string, Weights> => {
  const weights = new Map<string, Weights>();
  let at = 0;
  for (const spec of manifest.flatMap((group) => group.weights)) {
    const count = spec.shape.reduce((n, m) => n * m, 1);
    const view = new DataView(files.buffer, files.byteOffset + at, files.byteLength - at);
    const { data, bytes } = numbersOf(spec, view, count);
    weights.set(spec.name, { shape: spec.shape, data });
    at += bytes;
  }
  must(at === files.byteLength, "file", `The weights end after ${at} bytes; the files have ${files.byteLength}.`);
  return weights;
};
