import { FlopsError } from "./errors.js";
import type { Grid } from "./resolved.js";

/** Channels of a head that turn with each axis. */
export type RotaryWidths = { readonly [K in keyof Grid]: number };

/**
 * How the channels of a head are shared out among the axes of RoPE, in their order: frames, rows, columns. For images one half turns
 * with the row and the other with the column (EVA-02, arXiv 2303.11331; LightningDiT). For videos an eighth turns with the frame, rounded up
 * to a multiple of 4, and half of the rest with row and column each: 16, 56, 56 of 128, as HunyuanVideo has it (arXiv 2412.03603) and Flux.
 * A grid of one frame is an image.
 */
export const rotaryWidths = (headWidth: number, { frames }: Pick<Grid, "frames">): RotaryWidths => {
  const along = frames > 1 ? 4 * Math.ceil(headWidth / 32) : 0;
  const across = (headWidth - along) / 2;
  return { frames: along, rows: across, columns: across };
};

/** @throws FlopsError("config") unless the channels of a head divide into pairs for every axis. */
export const checkRotary = (width: number, heads: number, grid: Grid): void => {
  const head = width / heads;
  const least = grid.frames > 1 ? 8 : 4;
  if (head % 4 === 0 && head >= least) return;
  const right =
    least === 8
      ? "a multiple of 4 of at least 8 (pairs of frame, row and column)"
      : "a multiple of 4 (pairs of row and column)";
  throw new FlopsError(
    "config",
    `heads is ${heads} and width ${width}, so a head is ${head} wide; rope needs heads of ${right} wide.`,
  );
};
