import { broadcastTo, concat, slice, type Tensor } from "@isoflop/tensor";

/** Learned tokens, [1, R, d], before others x [n, tokens, d]: none where there are none. */
export const withRegisters = (registers: Tensor | undefined, x: Tensor): Tensor => {
  if (!registers) return x;
  const [, count, d] = registers.shape as [number, number, number];
  return concat([broadcastTo(registers, [x.shape[0]!, count, d]), x], 1);
};

/** The `count` last of x [n, tokens, d]: the image tokens, whatever is before them. */
export const lastTokens = (x: Tensor, count: number): Tensor => {
  const start = x.shape[1]! - count;
  return start === 0 ? x : slice(x, [null, { start }]);
};
