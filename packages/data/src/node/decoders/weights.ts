import { readFile } from "node:fs/promises";
import { openSafetensors } from "@isoflop/tensor/safetensors";

/** A tensor of a file of weights. */
export interface Weight {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** All tensors of a file, with what is written beside them. */
export interface Weights {
  readonly path: string;
  readonly tensors: ReadonlyMap<string, Weight>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** @throws Error naming the file and what is wrong with it */
export const readWeights = async (path: string): Promise<Weights> => {
  const bytes = await readFile(path);
  try {
    const file = await openSafetensors(bytes);
    const tensors = new Map<string, Weight>();
    for (const name of file.names)
      tensors.set(name, { shape: file.describe(name).shape, data: await file.float32(name) });
    return { path, tensors, metadata: file.metadata };
  } catch (cause) {
    throw new Error(`${path}: ${(cause as Error).message}`, { cause });
  }
};
