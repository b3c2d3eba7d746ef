import type { Tensor } from "@isoflop/tensor";
import type { Slot } from "./pack.js";

/** One f32 array of a checkpoint. */
export interface SavedArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** A flat vector read from its device, and named by parameter. */
export const namedArrays = async (
  vector: Tensor,
  group: string,
  slots: readonly Slot[],
): Promise<Record<string, SavedArray>> => {
  const flat = (await vector.data()) as Float32Array;
  const arrays = slots.map(({ name, shape, offset, size }): [string, SavedArray] => [
    `${group}.${name}`,
    { shape, data: flat.slice(offset, offset + size) },
  ]);
  return Object.fromEntries(arrays);
};
