import { openSafetensors, type SafetensorsFile } from "@isoflop/tensor/safetensors";
import { type ArrayFile, arrayFor, type StoredArray, widthOf } from "./array.js";
import { openBytes } from "./file-bytes.js";
import { openNpy } from "./npy.js";
import { noArray, openNpz } from "./npz.js";

/** How files of arrays are opened, by the ends of their names. */
const formats: Readonly<Record<string, (file: string) => Promise<ArrayFile>>> = {
  ".safetensors": async (file) => {
    const bytes = await openBytes(file);
    try {
      const opened = await openSafetensors(bytes);
      return {
        ...{ path: file, bytes: bytes.size, names: opened.names },
        array: async (name) => tensorOf(file, opened, name),
        close: () => bytes.close(),
      };
    } catch (cause) {
      await bytes.close();
      throw new Error(`${file}: ${(cause as Error).message}`, { cause });
    }
  },
  ".npz": openNpz,
  ".npy": async (file) => {
    const bytes = await openBytes(file);
    try {
      const array = await openNpy(bytes, file);
      return { path: file, bytes: bytes.size, names: [], array: async () => array, close: () => bytes.close() };
    } catch (error) {
      await bytes.close();
      throw error;
    }
  },
};

const tensorOf = (file: string, opened: SafetensorsFile, name: string): StoredArray => {
  if (!opened.names.includes(name)) throw noArray(file, name, opened.names);
  const { format, shape } = opened.describe(name);
  const width = widthOf(shape);
  const wide = arrayFor(format, 0) instanceof Float64Array;
  return {
    ...{ told: `${file}, "${name}"`, shape, width },
    rows: (start, count) => opened[wide ? "float64" : "float32"](name, { start: start * width, count: count * width }),
  };
};

/**
 * Opens a file of arrays: safetensors, npz, or npy, whose one array has no name.
 * @throws Error naming the file and what is wrong: another kind of file, a header that lies, truncation
 */
export const openArrays = async (file: string): Promise<ArrayFile> => {
  const end = Object.keys(formats).find((known) => file.toLowerCase().endsWith(known));
  if (end === undefined)
    throw new Error(`${file} is of no kind that holds arrays; known are ${Object.keys(formats).join(", ")}`);
  return formats[end]!(file);
};
