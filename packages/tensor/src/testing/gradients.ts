import { differentiate } from "../autodiff/differentiate.js";
import { evaluateReference } from "../engine/reference.js";
import { TensorError } from "../errors.js";
import { argument } from "../graph/input.js";
import type { Op, Tensor } from "../graph/tensor.js";
import { zeros } from "../ops/constant.js";
import { instantiate, leavesWith, pseudoRandom } from "./inputs.js";

export interface GradientReport {
  /** Largest |gradient - difference quotient|, relative to the largest gradient of the example (at least 1). */
  readonly error: number;
  /** Elements compared: at least one. */
  readonly gradients: number;
}

/**
 * Compares an op's gradient, evaluated in float64, with central differences of its reference, for every element of every f32 input of every
 * example. Order 2 checks the gradient of <gradient, fixed direction> the same way.
 * @throws TensorError `gradient` where there is none to compare: an op that is not differentiable, or has no f32 example
 */
export const checkGradients = (
  op: Op,
  { order = 1, step = 1e-5 }: { readonly order?: 1 | 2; readonly step?: number } = {},
): GradientReport => {
  let error = 0;
  let gradients = 0;
  for (const example of op.examples) {
    const { inputs, outputs, values } = instantiate(op, example);
    const floats = inputs.filter((input) => input.dtype === "f32");
    if (op.differentiable === false || floats.length === 0 || outputs.every((output) => output.dtype !== "f32"))
      continue;
    let functions = outputs.filter((output) => output.dtype === "f32");
    const leaves: Tensor[] = [...inputs];
    const data = [...values];
    const direction = (like: Tensor, stream: number): Tensor => {
      const leaf = argument({ shape: like.shape, dtype: "f32" });
      leaves.push(leaf);
      data.push(Float64Array.from({ length: like.size }, (_, i) => 2 * pseudoRandom(stream, i) - 1));
      return leaf;
    };
    let cotangents = functions.map((f, i) => direction(f, 100 + i));
    if (order === 2) {
      const first = differentiate(functions, cotangents, floats);
      functions = first.flatMap((gradient) => (gradient ? [gradient] : []));
      cotangents = functions.map((f, i) => direction(f, 200 + i));
    }
    const analytic = differentiate(functions, cotangents, floats);
    const at = (values_: readonly Float64Array[], roots: readonly Tensor[]) =>
      evaluateReference(roots, leavesWith(leaves, values_));
    const objective = (values_: readonly Float64Array[]): number =>
      at(values_, functions).reduce(
        (sum, f, i) => sum + f.reduce((s, v, j) => s + v * values_[leaves.indexOf(cotangents[i]!)]![j]!, 0),
        0,
      );
    floats.forEach((input, which) => {
      const [exact] = at(data, [analytic[which] ?? zeros(input.shape)]);
      const scale = exact!.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
      const column = leaves.indexOf(input);
      for (let j = 0; j < input.size; j++) {
        const shifted = (by: number): number => {
          const moved = data.map((v, i) => (i === column ? v.slice() : v));
          moved[column]![j]! += by;
          return objective(moved);
        };
        const numeric = (shifted(step) - shifted(-step)) / (2 * step);
        const difference = Math.abs(numeric - exact![j]!) / scale;
        error = Math.max(error, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference);
        gradients++;
      }
    });
  }
  if (gradients === 0)
    throw new TensorError(
      "gradient",
      `${op.name}: no gradient to check; ${op.differentiable === false ? "the op is declared not differentiable" : "no example has f32 operands and results"}`,
    );
  return { error, gradients };
};
