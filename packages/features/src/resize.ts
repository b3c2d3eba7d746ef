/**
 * Weights of the pixels of a side of `from` in those of a side of `to`, (to, from) row-major: bilinear, with the first and the last pixels of both
 * on each other, as tfjs's `resizeBilinear` with `alignCorners` that nsfwjs feeds its networks with. Where a picture shrinks, the triangle is as
 * much wider, so that every pixel counts (antialiasing; Parmar et al., arXiv 2104.11222, on why that matters).
 */
export const bilinear = (from: number, to: number): Float32Array => {
  const weights = new Float32Array(to * from);
  const step = to > 1 ? (from - 1) / (to - 1) : 0;
  const reach = Math.max(1, step);
  for (let i = 0; i < to; i++) {
    const at = to > 1 ? i * step : (from - 1) / 2;
    const shares = Array.from({ length: from }, (_, j) => Math.max(0, 1 - Math.abs(j - at) / reach));
    const total = shares.reduce((a, b) => a + b, 0);
    for (const [j, share] of shares.entries()) weights[i * from + j] = share / total;
  }
  return weights;
};
