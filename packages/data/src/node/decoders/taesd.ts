import { add, conv2d, div, mul, relu, sub, type Tensor, tanh, upsampleNearest } from "@isoflop/tensor";
import { kernelOf, type Layout, onlyThese } from "./network.js";
import type { Weights } from "./weights.js";

type Weight = (name: string) => Tensor;
type Step = (x: Tensor, weight: Weight) => Tensor;

/**
 * The decoders of madebyollin's TAESD (taesd, taesdxl, taesd3, taef1, taesana): the state dict of their `nn.Sequential`, whose steps are
 * numbered. Steps without weights have no name: 0 squashes, 2 is a ReLU, one before a convolution without bias doubles the sides.
 * They take latents of about mean 0 and deviation 1 and give pictures in [0, 1], which become [-1, 1].
 */
export const taesd: Layout = {
  name: "TAESD",
  sign: "3.conv.0.weight",
  read(weights) {
    const { path, tensors } = weights;
    const last = Math.max(...[...tensors.keys()].map((name) => Number(/^\d+(?=\.)/.exec(name)?.[0] ?? -1)));
    const names: string[] = [];
    const steps: Step[] = [squash];
    let [into, factor]: [number | undefined, number] = [undefined, 1];
    const convolution = (stem: string): Step => {
      const kernel = kernelOf(weights, stem, into, [4]);
      names.push(...kernel.names);
      into = kernel.out;
      return convolve(kernel);
    };
    for (let i = 1; i <= last; i++) {
      if (tensors.has(`${i}.conv.0.weight`)) steps.push(block(weights, i, convolution, names, () => into));
      else if (tensors.has(`${i}.weight`)) steps.push(convolution(String(i)));
      else if (i === 2) steps.push(relu);
      else if (tensors.has(`${i + 1}.weight`) && !tensors.has(`${i + 1}.bias`)) {
        steps.push((x) => upsampleNearest(x, 2));
        factor *= 2;
      } else throw new Error(`${path} has no step ${i}: neither "${i}.weight" nor "${i}.conv.0.weight"`);
    }
    if (into !== 3) throw new Error(`${path}: its last step, "${last}.weight", gives ${into} channels; it must give 3`);
    return {
      weights: onlyThese(weights, names, "TAESD"),
      channels: kernelOf(weights, "1", undefined, [4]).into,
      factor,
      apply: (x, weight) =>
        sub(
          mul(
            steps.reduce((y, step) => step(y, weight), x),
            2,
          ),
          1,
        ),
    };
  },
};

const squash: Step = (x) => mul(tanh(div(x, 3)), 3);

const convolve =
  ({ names, padding }: ReturnType<typeof kernelOf>): Step =>
  (x, weight) => {
    const [kernel, bias] = names.map(weight) as [Tensor, Tensor?];
    return conv2d(x, kernel, bias, { padding });
  };

/** relu(conv(relu(conv(relu(conv(x))))) + x), the last by a kernel `skip` where the channels change. */
const block = (
  weights: Weights,
  i: number,
  convolution: (stem: string) => Step,
  names: string[],
  channels: () => number | undefined,
): Step => {
  const before = channels();
  const [a, b, c] = [0, 2, 4].map((j) => convolution(`${i}.conv.${j}`)) as [Step, Step, Step];
  const changed = weights.tensors.has(`${i}.skip.weight`);
  const skipped = changed ? kernelOf(weights, `${i}.skip`, before, [4]) : undefined;
  names.push(...(skipped?.names ?? []));
  const through = skipped ? convolve(skipped) : (x: Tensor) => x;
  return (x, weight) => relu(add(c(relu(b(relu(a(x, weight)), weight)), weight), through(x, weight)));
};
