import { type DitConfig, positionTableOf, resolve } from "@isoflop/flops";
import { isFloat32, type NamedArray, namedBuffers, positionName } from "../buffers.js";
import type { StoredTable } from "./layout.js";

/** The frozen sine-cosine table, where positions are not learned, under the name that a layout gives it. */
export const storedPositions = (config: DitConfig, name: string = positionName): readonly StoredTable[] => {
  const resolved = resolve(config);
  if (positionTableOf(resolved) !== "sincos") return [];
  const shape = [1, resolved.imageTokens, resolved.width];
  const otherwise = `so stands the table of another grid or scale, or a learned one, which positions "learned" takes as a parameter`;
  const values = () => namedBuffers(config)[positionName]!.data;
  return [{ name, shape, values, what: "sine-cosine table", otherwise, positions: true }];
};

/**
 * SD3 stores a square table for the largest image and takes its middle (`Stability-AI/sd3-ref: mmdit.py`, `cropped_pos_embed`): so much of
 * it as the config's image covers.
 */
export const croppedPositions = (
  arrays: ReadonlyMap<string, NamedArray>,
  config: DitConfig,
  name: string,
): ReadonlyMap<string, NamedArray> => {
  const { grid, width } = resolve(config);
  const { rows, columns } = grid;
  const stored = arrays.get(name);
  const [one, tokens = 0, channels] = stored?.shape ?? [];
  const side = Math.round(Math.sqrt(tokens));
  const square =
    one === 1 &&
    channels === width &&
    side * side === tokens &&
    isFloat32(stored?.data) &&
    stored.data.length === tokens * width;
  if (!stored || !square || side < rows || side < columns || (side === rows && side === columns)) return arrays;
  const [top, left] = [Math.floor((side - rows) / 2), Math.floor((side - columns) / 2)];
  const data = new Float32Array(rows * columns * width);
  for (let row = 0; row < rows; row++) {
    const from = ((top + row) * side + left) * width;
    data.set(stored.data.subarray(from, from + columns * width), row * columns * width);
  }
  return new Map(arrays).set(name, { shape: [1, rows * columns, width], data });
};
