import { dtypesOf, type Instruction, type PointwiseProgram } from "../../../compile/kernel.js";
import type { DType } from "../../../dtype.js";
import { ALIAS, scalarFunctions } from "../../scalars.js";
import type { Parameters } from "./parameters.js";
import { roundedOperands } from "./rounding.js";

const constant = (value: number, dtype: DType, parameters: Parameters): string => {
  if (dtype === "f32") return `F(${parameters.f32(value)})`;
  if (dtype === "i32") return `I(${parameters.i32(value)})`;
  return dtype === "u32" ? `U(${parameters.u32(value)})` : `B(${parameters.u32(value ? 1 : 0)} != 0u)`;
};

export interface ProgramText {
  /** Statements that compute every SSA value, given `v0`, `v1`, ... for the loads. */
  readonly statements: string;
  /** Names of the result values, with their dtypes. */
  readonly results: readonly { readonly name: string; readonly dtype: DType }[];
}

/** A program's body as straight-line WGSL. `coordinate(axis)` is the u32 expression (of type `U`) of an iteration coordinate. */
export const programText = (
  program: PointwiseProgram,
  parameters: Parameters,
  use: (name: string) => string,
  coordinate: (axis: number) => string,
): ProgramText => {
  const dtypes = dtypesOf(program);
  const rounded = roundedOperands(program);
  const expression = (instruction: Instruction, index: number): string => {
    const { op, dtype } = instruction;
    if (op === "constant") return constant(instruction.value, dtype, parameters);
    if (op === "iota") return `${ALIAS[dtype]}(${coordinate(instruction.axis)})`;
    const { args } = instruction;
    const operands = args.map((i) => (rounded[index]?.has(i) ? `${use("roundedF")}(v${i})` : `v${i}`));
    return scalarFunctions[op].wgsl(operands, { from: dtypes[args[0]!]!, to: dtype, use });
  };
  const { loads, body, results } = program;
  return {
    statements: body.map((instruction, i) => `let v${loads.length + i} = ${expression(instruction, i)};`).join("\n"),
    results: results.map((i) => ({ name: `v${i}`, dtype: dtypes[i]! })),
  };
};
