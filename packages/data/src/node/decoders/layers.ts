import { conv2d, gelu, permute, relu, reshape, silu, type Tensor, tanh } from "@isoflop/tensor";
import { kernelOf, type Layout, onlyThese } from "./network.js";

const activations = { relu, silu, gelu, tanh } as const;

type Activation = keyof typeof activations;

/**
 * `layers.0`, `layers.1`, …: each has `weight`, [out, in] for every latent pixel by itself or [out, in, k, k] with k odd as PyTorch's conv2d
 * with padding (k − 1) / 2, and may have `bias` [out]. Between them acts what the file's metadata name as `activation`. The last gives
 * 3 p² channels, which become p × p pixels as in PyTorch's PixelShuffle (Shi et al., arXiv 1609.05158): channel c p² + i p + j
 * is row i, column j of colour c. Pictures are in [-1, 1].
 */
export const layers: Layout = {
  name: "layers",
  sign: "layers.0.weight",
  read(weights) {
    const { path, tensors, metadata } = weights;
    const read: ReturnType<typeof kernelOf>[] = [];
    for (let i = 0; tensors.has(`layers.${i}.weight`); i++)
      read.push(kernelOf(weights, `layers.${i}`, read.at(-1)?.out, [2, 4]));
    const last = read.at(-1)!.out;
    const factor = Math.sqrt(last / 3);
    if (!Number.isInteger(factor))
      throw new Error(
        `${path}: "layers.${read.length - 1}.weight" gives ${last} channels; the last layer must give 3 p², for p × p pixels of three colours`,
      );
    const { activation } = metadata;
    const known = Object.keys(activations);
    if (read.length > 1 && !known.includes(activation ?? ""))
      throw new Error(
        `${path}: its metadata name the activation ${JSON.stringify(activation)}; between ${read.length} layers it must be one of ${known.join(", ")}`,
      );
    return {
      weights: onlyThese(
        weights,
        read.flatMap(({ names }) => names),
        "layers",
      ),
      channels: read[0]!.into,
      factor,
      apply(x, weight) {
        let y = x;
        for (const [i, { names, padding, into, out }] of read.entries()) {
          const [kernel, bias] = names.map(weight) as [Tensor, Tensor?];
          const square = kernel.rank === 4 ? kernel : reshape(kernel, [out, into, 1, 1]);
          y = conv2d(i === 0 ? y : activations[activation as Activation](y), square, bias, { padding });
        }
        return pixelShuffle(y, factor);
      },
    };
  },
};

/** [n, c p², h, w] to [n, c, h p, w p]. */
const pixelShuffle = (x: Tensor, p: number): Tensor => {
  const [n, channels, h, w] = x.shape as [number, number, number, number];
  const split = permute(reshape(x, [n, channels / p ** 2, p, p, h, w]), [0, 1, 4, 2, 5, 3]);
  return reshape(split, [n, channels / p ** 2, h * p, w * p]);
};
