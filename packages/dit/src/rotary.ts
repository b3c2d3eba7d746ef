import { isRotary, type ResolvedConfig, rotaryWidths } from "@isoflop/flops";
import { arange, broadcastTo, concat, cos, flip, neg, ones, sin, stack, type Tensor, zeros } from "@isoflop/tensor";
import { frequencies, phases } from "./frequencies.js";

/** How the queries and keys of a sequence turn, [tokens, 1, d / heads / 2, 2]: each pair of channels by an angle of its token's place. */
export interface Rotation {
  /** The cosine of the angle, twice. */
  readonly cos: Tensor;
  /** Its sine, negative for the first of a pair. */
  readonly sin: Tensor;
}

/** Angles of 0 .. size-1 for `width` channels, [size, width / 2]: place · 10000^(-2i / width). */
const axisAngles = (size: number, width: number): Tensor =>
  phases(arange(size, "f32"), frequencies(width / 2)).reshape([size, width / 2]);

/** Angles of every place of the grid, [T, d / heads / 2]: those of its frame, its row and its column side by side. */
const angles = ({ width, heads, grid }: ResolvedConfig): Tensor => {
  const shape = [grid.frames, grid.rows, grid.columns] as const;
  const widths = rotaryWidths(width / heads, grid);
  const axes = (
    [
      ["frames", 0],
      ["rows", 1],
      ["columns", 2],
    ] as const
  ).flatMap(([axis, at]) => {
    const half = widths[axis] / 2;
    if (half === 0) return [];
    const along = shape.map((size, i) => (i === at ? size : 1));
    return [broadcastTo(axisAngles(grid[axis], widths[axis]).reshape([...along, half]), [...shape, half])];
  });
  return concat(axes, 3).reshape([shape[0] * shape[1] * shape[2], width / heads / 2]);
};

/**
 * RoPE (Su et al., arXiv 2104.09864, eq. 34) along the axes of the image, theta 10000: of the channels of a head the first turn with the
 * row and the others with the column, in pairs of neighbours, as in EVA-02 and LightningDiT (`hustvl/LightningDiT: models/pos_embed.py`);
 * for videos with the frame before them, see `rotaryWidths`. Tokens `before` and `after` the image tokens of a sequence do not turn.
 * Undefined where the config has other positions.
 */
export const rotationOf = (config: ResolvedConfig, before = 0, after = 0): Rotation | undefined => {
  if (!isRotary(config)) return undefined;
  const half = config.width / config.heads / 2;
  const turned = angles(config);
  /** Rows of a constant about the table: the others' angle is 0. */
  const among = (table: Tensor, still: (shape: readonly number[]) => Tensor): Tensor => {
    const rows = (count: number) => (count > 0 ? [still([count, half])] : []);
    return concat([...rows(before), table, ...rows(after)], 0);
  };
  const pairs = (first: Tensor, second: Tensor): Tensor =>
    stack([first, second], 2).reshape([before + turned.shape[0]! + after, 1, half, 2]);
  const cosines = among(cos(turned), ones);
  const sines = among(sin(turned), zeros);
  return { cos: pairs(cosines, cosines), sin: pairs(neg(sines), sines) };
};

/** Queries or keys x [n, tokens, heads, d / heads], turned. Lengths stay, and a product of two depends on the places through their difference. */
export const rotate = (x: Tensor, rotation: Rotation | undefined): Tensor => {
  if (!rotation) return x;
  const [n, tokens, heads, width] = x.shape as [number, number, number, number];
  const pairs = x.reshape([n, tokens, heads, width / 2, 2]);
  return pairs.mul(rotation.cos).add(flip(pairs, 4).mul(rotation.sin)).reshape(x.shape);
};
