import type { Grid } from "@isoflop/flops";
import type { Tensor } from "@isoflop/tensor";
import { must, shown } from "./errors.js";

/** @throws DitError("shape") unless x has so many axes */
const checkAxes = (what: string, x: Tensor, axes: string, rank: number): void =>
  must(x?.rank === rank, "shape", `${what} is ${x?.shape ? shown(x.shape) : x}; it takes ${axes}.`);

const isCount = (n: number): boolean => Number.isInteger(n) && n >= 1;

/** @throws DitError("shape") unless a patch is a whole number of those on a side */
const checkPatch = (what: string, patch: number, sides: Readonly<Record<string, number>>): void =>
  must(
    isCount(patch) && Object.values(sides).every((side) => side % patch === 0),
    "shape",
    `${what} is ${patch}; it must be a whole number of at least 1 that divides ${Object.entries(sides)
      .map(([name, side]) => `${name}, ${side}`)
      .join(", and ")}.`,
  );

/** @throws DitError("shape") unless tokens are of a grid, each of so many numbers or a multiple of them */
const checkTokens = (tokens: Tensor, sides: readonly number[], patch: readonly number[]): void => {
  checkAxes("tokens", tokens, "[n, tokens, numbers of a patch]", 3);
  const [, count, size] = tokens.shape as [number, number, number];
  const product = (numbers: readonly number[]): number => numbers.reduce((all, n) => all * n, 1);
  must(
    sides.every(isCount) && count === product(sides) && patch.every(isCount) && size % product(patch) === 0,
    "shape",
    `tokens are ${shown(tokens.shape)}; a grid of ${sides.join(" × ")} and patches of ${patch.join(" × ")} take [n, ${product(sides)}, a multiple of ${product(patch)}].`,
  );
};

/** Images [n, c, h, w] as tokens [n, (h/p)·(w/p), c·p·p]. Inside a token: channel, row, column, as a convolution weight. @throws DitError("shape") */
export const patchify = (x: Tensor, patch: number): Tensor => {
  checkAxes("x", x, "[n, c, h, w]", 4);
  const [n, c, h, w] = x.shape as [number, number, number, number];
  checkPatch("patch", patch, { height: h, width: w });
  const [rows, columns] = [h / patch, w / patch];
  return x
    .reshape([n, c, rows, patch, columns, patch])
    .permute([0, 2, 4, 1, 3, 5])
    .reshape([n, rows * columns, c * patch * patch]);
};

/** Tokens [n, rows·columns, p·p·c] as images [n, c, rows·p, columns·p]. Inside a token: row, column, channel: not patchify's order. @throws DitError("shape") */
export const unpatchify = (tokens: Tensor, rows: number, columns: number, patch: number): Tensor => {
  checkTokens(tokens, [rows, columns], [patch, patch]);
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
 * @throws DitError("shape")
 */
export const patchifyVideo = (x: Tensor, patch: number, patchFrames: number): Tensor => {
  checkAxes("x", x, "[n, c, frames, h, w]", 5);
  const [n, c, f, h, w] = x.shape as [number, number, number, number, number];
  checkPatch("patch", patch, { height: h, width: w });
  checkPatch("patchFrames", patchFrames, { frames: f });
  const [frames, rows, columns] = [f / patchFrames, h / patch, w / patch];
  return x
    .reshape([n, c, frames, patchFrames, rows, patch, columns, patch])
    .permute([0, 2, 4, 6, 1, 3, 5, 7])
    .reshape([n, frames * rows * columns, c * patchFrames * patch * patch]);
};

/**
 * Tokens [n, frames·rows·columns, q·p·p·c] as videos [n, c, frames·q, rows·p, columns·p]. Inside a token: frame, row, column, channel, as in
 * Open-Sora (`hpcaitech/Open-Sora: opensora/models/stdit`).
 * @throws DitError("shape")
 */
export const unpatchifyVideo = (
  tokens: Tensor,
  { frames, rows, columns }: Grid,
  patch: number,
  patchFrames: number,
): Tensor => {
  checkTokens(tokens, [frames, rows, columns], [patchFrames, patch, patch]);
  const [n, , size] = tokens.shape as [number, number, number];
  const c = size / (patchFrames * patch * patch);
  return tokens
    .reshape([n, frames, rows, columns, patchFrames, patch, patch, c])
    .permute([0, 7, 1, 4, 2, 5, 3, 6])
    .reshape([n, c, frames * patchFrames, rows * patch, columns * patch]);
};
