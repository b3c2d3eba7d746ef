import { formatShape, formatShapes, TensorError } from "../errors.js";
import { Tensor } from "../graph/tensor.js";
import { whileDifferentiating } from "../graph/tracing.js";
import { ones, zeros } from "../ops/constant.js";
import { alias } from "../ops/identity.js";
import { leavesOf, mapTree } from "../tree.js";
import { differentiate, rememberInputs } from "./differentiate.js";

/** Gradients have the structure, shapes and dtypes of what they are taken of. */
export type Gradient<T> = T;

const rename = <T>(tree: T): T => mapTree((leaf) => (leaf.dtype === "f32" ? alias(leaf) : leaf), tree) as T;

/** Runs `f` on new names of the f32 tensors of `tree`, so that it is differentiated by these and by nothing else that has their values. */
const underNewNames = <T, R>(tree: T, f: (inside: T) => R): { inside: Tensor[]; result: R } => {
  const renamed = rename(tree);
  const inside = leavesOf(renamed);
  const names = inside.filter(({ dtype }) => dtype === "f32");
  return { inside, result: whileDifferentiating(names, () => f(renamed)) };
};

const gradientsOf = <T>(tree: T, gradients: readonly (Tensor | undefined)[]): T => {
  let at = 0;
  return mapTree((leaf) => gradients[at++] ?? zeros(leaf.shape, leaf.dtype), tree) as T;
};

/**
 * The value of `f` at the given arguments and a function that pulls a cotangent of the value (a tree of the same structure) back to
 * cotangents of the arguments.
 */
export const vjp = <A extends readonly unknown[], R>(
  f: (...args: A) => R,
  ...args: A
): { value: R; pullback: (cotangent: R) => A } => {
  const { inside, result } = underNewNames(args, (renamed) => f(...renamed));
  const outputs = leavesOf(result);
  const inputsOf = rememberInputs(outputs, inside);
  return {
    // An output keeps its own node, so that disposing the value leaves the pullback what it needs.
    value: mapTree(alias, result) as R,
    pullback(cotangent) {
      const given = leavesOf(cotangent);
      outputs.forEach((output, i) => {
        if (given.length !== outputs.length || given[i]!.shape.join() !== output.shape.join())
          throw new TensorError(
            "shape",
            `vjp: the cotangent must have the structure and shapes of the value; expected ${formatShapes(outputs)}, got ${formatShapes(given)}`,
          );
      });
      return gradientsOf(args, differentiate(outputs, given, inside, inputsOf));
    },
  };
};

/**
 * Value and gradient of a scalar function with respect to its first argument, a pytree of tensors. Further arguments are passed through. A function
 * that returns `[loss, extra]` gives `extra` back beside the loss. Both are graph: they can be differentiated again.
 * @throws TensorError `gradient` if the loss is not a scalar
 */
export function valueAndGrad<P, A extends readonly unknown[], X>(
  f: (params: P, ...rest: A) => readonly [Tensor, X],
): (params: P, ...rest: A) => { value: Tensor; extra: X; gradient: Gradient<P> };
export function valueAndGrad<P, A extends readonly unknown[]>(
  f: (params: P, ...rest: A) => Tensor,
): (params: P, ...rest: A) => { value: Tensor; extra: undefined; gradient: Gradient<P> };
export function valueAndGrad<P, A extends readonly unknown[]>(
  f: (params: P, ...rest: A) => Tensor | readonly [Tensor, unknown],
) {
  return (params: P, ...rest: A) => {
    const { inside, result } = underNewNames(params, (renamed) => f(renamed, ...rest));
    const [value, extra]: readonly [unknown, unknown] = isPair(result) ? result : [result, undefined];
    if (!(value instanceof Tensor))
      throw new TensorError(
        "gradient",
        `grad: the function must return a tensor, or [tensor, extra], got ${typeof value}${value instanceof Promise ? "; it must be synchronous: it is recorded, not run" : ""}`,
      );
    if (value.size !== 1 || value.dtype !== "f32")
      throw new TensorError(
        "gradient",
        `grad: the function must return one f32 number to differentiate, got ${value.dtype}${formatShape(value.shape)}; reduce it first, e.g. mean(loss)`,
      );
    const gradients = differentiate([value], [ones(value.shape)], inside);
    return { value, extra, gradient: gradientsOf(params, gradients) };
  };
}

const isPair = (result: unknown): result is readonly [unknown, unknown] => Array.isArray(result);

/** Gradient of a scalar function with respect to its first argument. */
export const grad =
  <P, A extends readonly unknown[]>(f: (params: P, ...rest: A) => Tensor): ((params: P, ...rest: A) => Gradient<P>) =>
  (params, ...rest) =>
    valueAndGrad(f)(params, ...rest).gradient;
