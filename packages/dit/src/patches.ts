import type { Grid } from "@isoflop/flops";
import type { Tensor } from "@isoflop/tensor";

/** Images [n, c, h, w] as tokens [n, (h/p)·(w/p), c·p·p]. Inside a token: channel, row, column, as a convolution weight. */
export const patchify = (x: Tensor, patch: number): Tensor => {
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const [rows, columns] = [h / patch, w / patch];
  return x
    .reshape([n, c, rows, patch, columns, patch])
    .permute([0, 2, 4, 1, 3, 5])
    .reshape([n, rows * columns, c * patch * patch]);
};

/** Tokens [n, rows·columns, p·p·c] as images [n, c, rows·p, columns·p]. Inside a token: row, column, channel: not patchify's order. */
export const unpatchify = (tokens: Tensor, rows: number, columns: number, patch: number): Tensor => {
  const [n, , size] = tokens.shape as [number, number, number];
  const c = size / (patch * patch);
  return tokens
    .reshape([n, rows, columns, patch, patch, c])
    .permute([0, 5, 1, 3, 2, 4])
    .reshape([n, c, rows * patch, columns * patch]);
};

/**
 * Videos [n, c, f, h, w] as tokens [n, (f/q)·(h/p)·(w/p), c·q·p·p] for patches of q frames, ordered by frame, row, column. Inside a token:
 * channel, frame, row, column, as a convolution weight.
 */
export const patchifyVideo = (x: Tensor, patch: number, patchFrames: number): Tensor => {
  const [n, c, f, h, w] = x.shape as [number, number, number, number, number];
  const [frames, rows, columns] = [f / patchFrames, h / patch, w / patch];
  return x
    .reshape([n, c, frames, patchFrames, rows, patch, columns, patch])
    .permute([0, 2, 4, 6, 1, 3, 5, 7])
    .reshape([n, frames * rows * columns, c * patchFrames * patch * patch]);
};

/**
 * Tokens [n, frames·rows·columns, q·p·p·c] as videos [n, c, frames·q, rows·p, columns·p]. Inside a token: frame, row, column, channel, as in
 * Open-Sora (`hpcaitech/Open-Sora: opensora/models/stdit`).
 */
export const unpatchifyVideo = (
  tokens: Tensor,
  { frames, rows, columns }: Grid,
  patch: number,
  patchFrames: number,
): Tensor => {
  const [n, , size] = tokens.shape as [number, number, number];
  const c = size / (patchFrames * patch * patch);
  return tokens
    .reshape([n, frames, rows, columns, patchFrames, patch, patch, c])
    .permute([0, 7, 1, 4, 2, 5, 3, 6])
    .reshape([n, c, frames * patchFrames, rows * patch, columns * patch]);
};
