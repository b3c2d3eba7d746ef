import { formatShapes, TensorError } from "../errors.js";
import { apply } from "../graph/apply.js";
import type { Aval } from "../graph/aval.js";
import { defineOp } from "../graph/define.js";
import type { Op, Tensor } from "../graph/tensor.js";
import { hasRank, sameShape, sizeAlong, sizeOf, sizesOf } from "../shape.js";
import { type Activation, activate, activated, beforeActivation } from "./activate.js";
import { checkFloats } from "./arguments.js";
import { add } from "./arithmetic.js";
import { sum } from "./broadcast-and-sum.js";
import { concat, stack } from "./concat-and-split.js";
import { matmul } from "./matmul.js";
import { permute, transpose } from "./permute.js";
import { reshape } from "./reshape.js";
import { flip, pad } from "./slice-and-pad.js";
import { countWindows, frame, type Pair, viewsOf, visitPoints, type Windows } from "./windows.js";

export type ConvolutionAttrs = Windows & { readonly activation: Activation };

type Operands = ["x", "kernel", "bias"?];

const sizeOfKernel = (kernel: Aval): Pair => [sizeAlong(kernel.shape, 0), sizeAlong(kernel.shape, 1)];

/** Whether every window is one pixel: the convolution is then a matrix product of pixels and channels. */
export const isPixelwise = (kernel: Aval, { stride, padding }: Windows): boolean =>
  sizeOfKernel(kernel).every((n) => n === 1) && stride.every((n) => n === 1) && padding.every((n) => n === 0);

const misfit = (inputs: readonly Aval[]): TensorError =>
  new TensorError(
    "shape",
    `convolution: takes images [batch, rows, columns, in], a kernel [rows, columns, in, out] and a bias [out], got ${formatShapes(inputs.filter(Boolean))}`,
  );

/** A cotangent spread as far as its windows were apart, and what surrounds it, so that the flipped kernel at stride 1 gives the image's cotangent. */
export const spreadForImage = (x: Aval, g: Tensor, [kr, kc]: Pair, { stride, dilation, padding }: Windows) => {
  const [, rows, columns] = sizesOf(x.shape, 4);
  const spread = pad(
    g,
    [
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 0],
    ],
    { gap: [0, stride[0] - 1, stride[1] - 1, 0] },
  );
  const [, h, w] = sizesOf(spread.shape, 4);
  const [top, , left] = padding;
  const around: Windows["padding"] = [
    dilation[0] * (kr - 1) - top,
    rows - h + top,
    dilation[1] * (kc - 1) - left,
    columns - w + left,
  ];
  const least = around.map((n) => Math.min(0, n)) as unknown as Windows["padding"];
  const most = around.map((n) => Math.max(0, n)) as unknown as Windows["padding"];
  const windows: Windows = { stride: [1, 1], dilation, padding: most };
  return { spread: frame(spread, least), windows };
};

/**
 * Cross-correlation of images, channels last, with an optional bias and an activation of the result. Windows of one pixel are matrix products;
 * others are, of the windows side by side, which kernels lay out piece by piece.
 */
export const convolutionOp: Op<ConvolutionAttrs, Operands, ["out"]> = defineOp<ConvolutionAttrs, Operands>({
  name: "convolution",
  lowering: { kind: "call", product: true },
  infer(inputs, attrs) {
    const [x, kernel, bias] = inputs;
    checkFloats("convolution", inputs);
    if (!hasRank(x.shape, 4) || !hasRank(kernel.shape, 4)) throw misfit(inputs as readonly Aval[]);
    const [kr, kc, into, out] = kernel.shape;
    if (into !== x.shape[3] || (bias && !sameShape(bias.shape, [out]))) throw misfit(inputs as readonly Aval[]);
    return [{ shape: [x.shape[0], ...countWindows("convolution", x, [kr, kc], attrs), out], dtype: "f32" }];
  },
  flops: ([, kernel], [output]) => 2 * sizeOf(output.shape) * (sizeOf(kernel.shape) / sizeAlong(kernel.shape, 3)),
  vjp({ inputs: [x, kernel, bias], outputs: [out], attrs, cotangents, needs }) {
    const g = beforeActivation(cotangents[0], out, attrs.activation);
    const byBias = bias && needs(2) ? sum(g, [0, 1, 2]) : undefined;
    const size = sizeOfKernel(kernel);
    const [into, channels] = [sizeAlong(kernel.shape, 2), sizeAlong(kernel.shape, 3)];
    const pixels = reshape(g, [g.size / channels, channels]);
    const pixelwise = isPixelwise(kernel, attrs);
    const byX = (): Tensor => {
      if (pixelwise) return reshape(matmul(pixels, transpose(reshape(kernel, [into, channels]))), x.shape);
      const { spread, windows } = spreadForImage(x, g, size, attrs);
      const flipped = permute(flip(kernel, [0, 1]), [0, 1, 3, 2]);
      return apply(convolutionOp, [spread, flipped], { ...windows, activation: "none" });
    };
    // A product for each point of the kernel, long sums of pixels that backends split: not a convolution with windows as large as the image.
    const byKernel = (): Tensor => {
      const [, h, w] = sizesOf(g.shape, 4);
      const views = pixelwise ? [x] : viewsOf(x, size, [h, w], attrs);
      const points = views.map((view) => matmul(transpose(reshape(view, [view.size / into, into])), pixels));
      return reshape(stack(points), kernel.shape);
    };
    const both = [needs(0) ? byX() : undefined, needs(1) ? byKernel() : undefined] as const;
    return bias ? [...both, byBias] : both;
  },
  reference([x, kernel, bias], attrs, [output]) {
    const [, h, w, channels] = sizesOf(output.shape, 4);
    const into = sizeAlong(x.shape, 3);
    const out = new Float64Array(sizeOf(output.shape));
    if (bias) for (let i = 0; i < out.length; i++) out[i] = bias.data[i % channels]!;
    visitPoints(x, sizeOfKernel(kernel), [h, w], attrs, (window, point, pixel) => {
      for (let i = 0; i < into; i++)
        for (let o = 0; o < channels; o++)
          out[window * channels + o]! += x.data[pixel * into + i]! * kernel.data[(point * into + i) * channels + o]!;
    });
    return [out.map((value) => activated(value, attrs.activation))];
  },
  decompose([x, kernel, bias], attrs) {
    const [kr, kc, into, channels] = sizesOf(kernel.shape, 4);
    const [h, w] = countWindows("convolution", x, [kr, kc], attrs);
    const views = isPixelwise(kernel, attrs) ? [x] : viewsOf(x, [kr, kc], [h, w], attrs);
    const depth = kr * kc * into;
    const rows = sizeAlong(x.shape, 0) * h * w;
    const product = matmul(reshape(concat(views, 3), [rows, depth]), reshape(kernel, [depth, channels]));
    const biased = bias ? add(product, bias) : product;
    return [activate(reshape(biased, [sizeAlong(x.shape, 0), h, w, channels]), attrs.activation)];
  },
  examples: [
    {
      inputs: [{ shape: [2, 4, 5, 3] }, { shape: [3, 3, 3, 2] }, { shape: [2] }],
      attrs: { stride: [1, 1], dilation: [1, 1], padding: [1, 1, 1, 1], activation: "relu" },
    },
    {
      inputs: [{ shape: [2, 2, 3, 2] }, { shape: [1, 1, 2, 5] }, { shape: [5], range: [2, 4] }],
      attrs: { stride: [1, 1], dilation: [1, 1], padding: [0, 0, 0, 0], activation: "relu6" },
    },
    {
      inputs: [{ shape: [1, 6, 5, 2] }, { shape: [2, 3, 2, 3] }],
      attrs: { stride: [2, 1], dilation: [1, 2], padding: [0, 1, 2, 0], activation: "none" },
    },
    {
      // Windows wholly outside the image, and a last row that none reaches.
      inputs: [{ shape: [1, 4, 2, 1] }, { shape: [1, 1, 1, 2] }],
      attrs: { stride: [3, 2], dilation: [1, 1], padding: [2, 0, 1, 1], activation: "none" },
    },
  ],
});
