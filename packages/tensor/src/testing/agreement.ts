import { differentiate } from "../autodiff/differentiate.js";
import type { Device } from "../device/device.js";
import { arrayOf } from "../dtype.js";
import { evaluateReference } from "../engine/reference.js";
import { applyAll } from "../graph/apply.js";
import { argument } from "../graph/input.js";
import type { Op } from "../graph/tensor.js";
import { jit } from "../jit.js";
import { Tensor } from "../methods.js";
import { instantiate, leavesWith, pseudoRandom } from "./inputs.js";

/** Largest difference of two arrays relative to the peak of the expected one (at least 1e-3); infinite where NaN or infinity differ. */
export const peakError = (actual: ArrayLike<number>, expected: ArrayLike<number>): number => {
  let peak = 1e-3;
  let error = 0;
  for (let i = 0; i < expected.length; i++)
    if (Number.isFinite(expected[i]!)) peak = Math.max(peak, Math.abs(expected[i]!));
  for (let i = 0; i < expected.length; i++) {
    const [a, b] = [actual[i]!, expected[i]!];
    if (Object.is(a, b) || a === b) continue;
    const difference = Math.abs(a - b);
    error = Math.max(error, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference);
  }
  return error / peak;
};

/** Infinite where integers differ at all. */
const exactError = (actual: ArrayLike<number>, expected: ArrayLike<number>): number =>
  Array.from(expected).every((value, i) => value === actual[i]) ? 0 : Number.POSITIVE_INFINITY;

const isFloat = ({ dtype }: Tensor): boolean => dtype === "f32";

/**
 * Runs an op's examples, forward and backward, on a device and in the float64 reference; returns the largest error relative to the peak,
 * infinity where an integer is wrong.
 */
export const checkAgreement = async (op: Op, device: Device): Promise<number> => {
  let worst = 0;
  for (const example of op.examples) {
    const { inputs, outputs, values } = instantiate(op, example, 1);
    const differentiable = op.differentiable !== false && inputs.some(isFloat);
    const cotangents = (differentiable ? outputs.filter(isFloat) : []).map(({ shape }) =>
      argument({ shape, dtype: "f32" }),
    );
    const leaves = [...inputs, ...cotangents];
    const data = [
      ...values,
      ...cotangents.map((c, i) =>
        Float64Array.from({ length: c.size }, (_, j) => Math.fround(2 * pseudoRandom(300 + i, j) - 1)),
      ),
    ];
    /** Results, and the gradients of those that are f32. */
    const f = (...given: readonly Tensor[]): Tensor[] => {
      const operands = given.slice(0, inputs.length);
      const results = applyAll(op, operands, example.attrs);
      const functions = differentiable ? results.filter(isFloat) : [];
      const gradients = differentiate(functions, given.slice(inputs.length), operands.filter(isFloat));
      return [...results, ...gradients.filter((gradient) => gradient instanceof Tensor)];
    };
    const roots = f(...leaves);
    const expected = evaluateReference(roots, leavesWith(leaves, data));
    const run = jit(f, { device });
    const given = leaves.map((leaf, i) => device.tensor(arrayOf(leaf.dtype, data[i]!), leaf.shape, leaf.dtype));
    const results = run(...given);
    for (const [i, result] of results.entries()) {
      const error = roots[i]!.dtype === "f32" ? peakError : exactError;
      worst = Math.max(worst, error(await result.data(), expected[i]!));
    }
    for (const tensor of [...given, ...results]) tensor.dispose();
    run.dispose();
  }
  return worst;
};
