import type { ResolvedConfig } from "@isoflop/flops";
import { arange, broadcastTo, concat, cos, sin, type Tensor } from "@isoflop/tensor";
import { frequencies, phases } from "./frequencies.js";

/** Sines then cosines of 0 .. size-1 at width / 2 frequencies: [size, width]. */
const axisTable = (size: number, width: number): Tensor => {
  const angles = phases(arange(size, "f32"), frequencies(width / 2));
  return concat([sin(angles), cos(angles)], 1);
};

/**
 * The frozen position table of DiT for rows × columns patches: [1, rows · columns, width]. The first half of the channels
 * encodes the column, the second the row, each sines before cosines (`facebookresearch/DiT: models.py`).
 */
export const sinCosPositions = (rows: number, columns: number, width: number): Tensor => {
  const half = width / 2;
  const column = axisTable(columns, half).reshape([1, columns, half]);
  const row = axisTable(rows, half).reshape([rows, 1, half]);
  const shape = [rows, columns, half];
  return concat([broadcastTo(column, shape), broadcastTo(row, shape)], 2).reshape([1, rows * columns, width]);
};

/**
 * The frozen table of a config's grid, [1, T, width]: that of rows and columns, and for a video to it, frame by frame, sines then cosines of
 * the frame over the whole width (`Vchitect/Latte: models/latte.py`). A grid of one frame is an image: its one row would be a constant.
 */
export const frozenPositions = ({ grid, width }: ResolvedConfig): Tensor => {
  const { frames, rows, columns } = grid;
  const places = sinCosPositions(rows, columns, width);
  if (frames === 1) return places;
  const times = axisTable(frames, width).reshape([frames, 1, width]);
  return places.add(times).reshape([1, frames * rows * columns, width]);
};
