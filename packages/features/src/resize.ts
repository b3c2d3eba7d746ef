import { add, type Device, matmul, mul, permute, type Tensor } from "@isoflop/tensor";

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

/** Weights of `bilinear` to one size on a device, made once for each size that pictures have: [size, from]. */
export const resizing = (device: Device, size: number) => {
  const made = new Map<number, Tensor>();
  return {
    of(from: number): Tensor {
      const known = made.get(from) ?? device.tensor(bilinear(from, size), [size, from]);
      made.set(from, known);
      return known;
    },
    dispose(): void {
      for (const tensor of made.values()) tensor.dispose();
    },
  };
};

/** What brings pictures to a network's size, where they have another, and to the values that it takes. */
export interface Preparation {
  /** [size, height] */
  readonly down?: Tensor;
  /** [size, width] */
  readonly across?: Tensor;
  /** Of each colour. */
  readonly scale: Tensor;
  readonly shift: Tensor;
}

/** Pictures [batch, 3, height, width] in -1..1 as a network takes them, [batch, size, size, 3]. */
export const prepared = (x: Tensor, { down, across, scale, shift }: Preparation): Tensor => {
  const wide = across ? matmul(x, permute(across, [1, 0])) : x;
  const tall = down ? matmul(down, wide) : wide;
  return add(mul(permute(tall, [0, 2, 3, 1]), scale), shift);
};
