import { add, matmul, type Tensor, tanh } from "@isoflop/tensor";

/** The weights of the fixtures' one-line network. */
export interface Toy {
  readonly w1: Tensor;
  readonly b1: Tensor;
  readonly u: Tensor;
  readonly w2: Tensor;
  readonly b2: Tensor;
}

/** w2 tanh(w1 x + b1 + u t) + b2, mixing channels at each pixel: x [n, c, h, w], t [n], as many channels out as w2 has rows. */
export const toyNetwork = ({ w1, b1, u, w2, b2 }: Toy, x: Tensor, t: Tensor): Tensor => {
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const hidden = b1.size;
  const pixels = x.reshape([n, c, h * w]);
  const time = t.reshape([n, 1, 1]).mul(u.reshape([1, hidden, 1]));
  const inside = add(add(matmul(w1, pixels), b1.reshape([1, hidden, 1])), time);
  return add(matmul(w2, tanh(inside)), b2.reshape([1, b2.size, 1])).reshape([n, b2.size, h, w]);
};
