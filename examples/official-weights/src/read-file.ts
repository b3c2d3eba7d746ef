import { open, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { NamedArray } from "@isoflop/dit";
import { openSafetensors } from "@isoflop/tensor/safetensors";

/** What lies in a file of weights, and the `config.json` that diffusers writes beside one. */
export interface WeightFile {
  readonly path: string;
  readonly arrays: Readonly<Record<string, NamedArray>>;
  /** How the arrays are stored: "F32", "F16", … */
  readonly formats: readonly string[];
  readonly bytes: number;
  readonly heads: number | undefined;
  /** Side of the latents. */
  readonly size: number | undefined;
}

/** How diffusers calls the weights in a folder. */
const inFolder = "diffusion_pytorch_model.safetensors";

const besideOf = async (path: string): Promise<Pick<WeightFile, "heads" | "size">> => {
  const text = await readFile(join(dirname(path), "config.json"), "utf8").catch(() => "{}");
  const said = JSON.parse(text) as Record<string, unknown>;
  const count = (value: unknown) => (Number.isInteger(value) ? (value as number) : undefined);
  return { heads: count(said.num_attention_heads), size: count(said.sample_size) };
};

/**
 * Every array of a file as float32.
 * @throws Error for what is no safetensors file, and says how a PyTorch checkpoint becomes one; TensorError for one that is broken
 */
export const readWeightFile = async (given: string): Promise<WeightFile> => {
  const path = (await stat(given)).isDirectory() ? join(given, inFolder) : given;
  const handle = await open(path);
  try {
    const { size: bytes } = await handle.stat();
    const read = async (offset: number, length: number): Promise<Uint8Array> => {
      const { buffer, bytesRead } = await handle.read(new Uint8Array(length), 0, length, offset);
      return buffer.subarray(0, bytesRead);
    };
    const start = await read(0, Math.min(2, bytes));
    if (String.fromCharCode(...start) === "PK")
      throw new Error(`${path} is a PyTorch checkpoint, a pickle; convert it to safetensors as the README says`);
    const file = await openSafetensors({ size: bytes, read });
    const arrays: [string, NamedArray][] = [];
    for (const name of file.names)
      arrays.push([name, { shape: file.describe(name).shape, data: await file.float32(name) }]);
    const formats = [...new Set(file.names.map((name) => file.describe(name).format))].sort();
    return { path, bytes, formats, arrays: Object.fromEntries(arrays), ...(await besideOf(path)) };
  } finally {
    await handle.close();
  }
};
