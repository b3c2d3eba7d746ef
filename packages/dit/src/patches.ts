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
