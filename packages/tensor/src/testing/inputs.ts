import { refOf } from "../compile/graph.js";
import { applyAll } from "../graph/apply.js";
import type { Attrs } from "../graph/aval.js";
import { argument } from "../graph/input.js";
import type { Op, OpExample, Tensor } from "../graph/tensor.js";
import { EDGES } from "../ops/examples.js";
import { threefry2x32 } from "../random/threefry.js";
import { sizeOf } from "../shape.js";

/** A recorded call of an op on placeholders, with values for them. */
export interface Case {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly values: readonly Float64Array[];
}

/** Uniform numbers on [0, 1) from a counter: the same in every run. */
export const pseudoRandom = (stream: number, index: number): number =>
  threefry2x32(0x15c0f10b, stream, 0, index)[0] / 2 ** 32;

/** Instantiates an op's example: given values, f32-representable random ones in the stated range, or the edges of an integer dtype. */
export const instantiate = (op: Op, example: OpExample<Attrs>, seed = 0): Case => {
  const inputs = example.inputs.map(({ shape, dtype = "f32" }) => argument({ shape, dtype }));
  const values = example.inputs.map(({ shape, dtype = "f32", range = [-2, 2], values: given }, i) => {
    if (given) return Float64Array.from(given, dtype === "f32" ? Math.fround : Number);
    const valueAt = (j: number): number =>
      dtype === "f32"
        ? Math.fround(range[0] + (range[1] - range[0]) * pseudoRandom(seed * 16 + i, j))
        : EDGES[dtype][(i + j) % EDGES[dtype].length]!;
    return Float64Array.from({ length: sizeOf(shape) }, (_, j) => valueAt(j));
  });
  return { inputs, outputs: applyAll(op, inputs, example.attrs), values };
};

export const leavesWith = (inputs: readonly Tensor[], values: readonly Float64Array[]): Map<string, Float64Array> =>
  new Map(inputs.map((input, i) => [refOf(input), values[i]!]));
