import type { Tensor } from "../graph/tensor.js";
import { checkTensor, checkWhole } from "./arguments.js";
import { broadcastTo } from "./broadcast-and-sum.js";
import { reshape } from "./reshape.js";
import { imageSizes } from "./windows.js";

/** Repeats every pixel of [batch, channels, rows, columns] `factor` times along rows and columns. */
export const upsampleNearest = (x: Tensor, factor: number): Tensor => {
  checkTensor("upsampleNearest", x);
  const { batch, channels, rows, columns } = imageSizes("upsampleNearest", x, "NCHW");
  checkWhole("upsampleNearest", "factor", factor, 1);
  const blocks = broadcastTo(reshape(x, [batch, channels, rows, 1, columns, 1]), [
    batch,
    channels,
    rows,
    factor,
    columns,
    factor,
  ]);
  return reshape(blocks, [batch, channels, rows * factor, columns * factor]);
};
