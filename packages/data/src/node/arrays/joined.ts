import type { InputFile } from "../records/inputs.js";
import { type ArrayFile, arrayFor, type StoredArray } from "./array.js";
import { openArrays } from "./open.js";

/** An array that lies in one file or in several, the rows of one after those of the other. */
export interface JoinedArray extends StoredArray {
  /** The name of the file that has a row, and which of its rows it is. */
  placeOf(row: number): { readonly file: string; readonly row: number };
}

/** An array and the files that it lies in. */
export interface ArrayPart {
  readonly files: readonly InputFile[];
  readonly key: string;
}

/** Files of arrays that are open. */
export class OpenFiles {
  readonly #open = new Map<string, ArrayFile>();

  /**
   * The array of a name in each of the files, as one.
   * @throws Error naming the file in which it is missing, is a single number, or has rows of another shape
   */
  async joined({ files, key }: ArrayPart): Promise<JoinedArray> {
    const arrays: StoredArray[] = [];
    for (const { path } of files) {
      const array = await (await this.#file(path)).array(key);
      if (array.shape.length === 0)
        throw new Error(`${array.told} is a single number; it must have a row for each image`);
      const [, ...row] = array.shape;
      const [, ...first] = (arrays[0] ?? array).shape;
      if (row.join() !== first.join())
        throw new Error(
          `${array.told} has rows of [${row.join(", ")}], and ${arrays[0]!.told} of [${first.join(", ")}]`,
        );
      arrays.push(array);
    }
    return join(arrays, files);
  }

  async close(): Promise<void> {
    for (const file of this.#open.values()) await file.close();
  }

  async #file(path: string): Promise<ArrayFile> {
    const open = this.#open.get(path) ?? (await openArrays(path));
    this.#open.set(path, open);
    return open;
  }
}

const join = (arrays: readonly StoredArray[], files: readonly InputFile[]): JoinedArray => {
  const ends: number[] = [];
  for (const { shape } of arrays) ends.push((ends.at(-1) ?? 0) + shape[0]!);
  const [{ told, shape, width }] = arrays as [StoredArray];
  const fileOf = (row: number): number => ends.findIndex((end) => row < end);
  const beginOf = (file: number): number => ends[file - 1] ?? 0;
  return {
    ...{ told: arrays.length === 1 ? told : `${told} and ${arrays.length - 1} more`, width },
    shape: [ends.at(-1)!, ...shape.slice(1)],
    placeOf: (row) => ({ file: files[fileOf(row)]!.name, row: row - beginOf(fileOf(row)) }),
    async rows(start, count) {
      const parts: (Float32Array | Float64Array)[] = [];
      for (let row = start; row < start + count; ) {
        const file = fileOf(row);
        const end = Math.min(start + count, ends[file]!);
        parts.push(await arrays[file]!.rows(row - beginOf(file), end - row));
        row = end;
      }
      if (parts.length === 1) return parts[0]!;
      const wide = parts.some((part) => part instanceof Float64Array);
      const out = arrayFor(wide ? "F64" : "F32", count * width);
      let at = 0;
      for (const part of parts) {
        out.set(part, at);
        at += part.length;
      }
      return out;
    },
  };
};

/** An array with a row for each of so many images. @throws Error naming an array that has more or fewer */
export const besideOf = async (files: OpenFiles, part: ArrayPart, count: number): Promise<JoinedArray> => {
  const array = await files.joined(part);
  if (array.shape[0] === count) return array;
  throw new Error(`${array.told} has ${array.shape[0]} rows for ${count} images; it must have one for each`);
};

/** Values of a column that are read at once. */
const AT_ONCE = 2 ** 22;

/** Ranges of rows, whose values fit into memory many times. */
export function* blocks(rows: number, widths: readonly number[]) {
  const most = Math.max(1, Math.floor(AT_ONCE / Math.max(1, ...widths)));
  for (let start = 0; start < rows; start += most) yield { start, count: Math.min(most, rows - start) };
}
