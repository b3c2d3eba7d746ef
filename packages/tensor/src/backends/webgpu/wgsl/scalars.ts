import type { Instruction, PointwiseProgram, ScalarOp } from "../../../compile/kernel.js";
import type { DType } from "../../../dtype.js";
import type { Parameters } from "./parameters.js";
import { roundedOperands } from "./rounding.js";

/** The width alias that holds a dtype inside a program. */
export const ALIAS = { f32: "F", i32: "I", u32: "U", bool: "B" } as const satisfies Record<DType, string>;

/** Ops that are one library function of f32 arguments. */
const FUNCTIONS: Partial<Record<ScalarOp, string>> = {
  sign: "signF",
  exp: "expF",
  log: "logF",
  sin: "sinF",
  cos: "cosF",
  tanh: "tanhF",
  erf: "erfF",
  sigmoid: "sigmoidF",
  gelu: "geluF",
  geluGrad: "geluGradF",
  pow: "powF",
};

const BUILTINS: Partial<Record<ScalarOp, string>> = {
  abs: "abs",
  floor: "floor",
  ceil: "ceil",
  round: "round",
  sqrt: "sqrt",
  rsqrt: "inverseSqrt",
};

const INFIX: Partial<Record<ScalarOp, string>> = {
  add: "+",
  sub: "-",
  mul: "*",
  div: "/",
  lt: "<",
  le: "<=",
  eq: "==",
  and: "&",
  or: "|",
  shl: "<<",
  shr: ">>",
};

export const SCALAR_OPS: ReadonlySet<ScalarOp> = new Set<ScalarOp>([
  ...(Object.keys(FUNCTIONS) as ScalarOp[]),
  ...(Object.keys(BUILTINS) as ScalarOp[]),
  ...(Object.keys(INFIX) as ScalarOp[]),
  ...(["neg", "reciprocal", "max", "min", "xor", "rem", "quo", "not", "select", "cast", "bitcast"] as const),
]);

const cast = (from: DType, to: DType, x: string, use: (name: string) => string): string => {
  if (from === to) return x;
  if (to === "bool")
    return from === "f32" ? `((bitcast<U>(${x}) & U(0x7fffffffu)) != U(0u))` : `(${x} != ${ALIAS[from]}(0))`;
  if (from === "f32") return `${use(to === "i32" ? "floatToInt" : "floatToUint")}(${x})`;
  return `${ALIAS[to]}(${x})`;
};

/** The WGSL expression of one op on already computed operands. `use` notes a library function and returns its name. */
const expression = (
  op: ScalarOp,
  args: readonly string[],
  types: readonly DType[],
  result: DType,
  use: (name: string) => string,
): string => {
  const [a, b, c] = args as [string, string, string];
  const infix = INFIX[op];
  if (infix) return `(${a} ${infix} ${b})`;
  const builtin = BUILTINS[op];
  if (builtin) return `${builtin}(${a})`;
  const name = FUNCTIONS[op];
  if (name) return `${use(name)}(${args.join(", ")})`;
  switch (op) {
    case "neg":
      return `(-${a})`;
    case "reciprocal":
      return `(1.0 / ${a})`;
    case "max":
    case "min":
      return types[0] === "f32" ? `${use(`${op}F`)}(${a}, ${b})` : `${op}(${a}, ${b})`;
    case "xor":
      return types[0] === "bool" ? `(${a} != ${b})` : `(${a} ^ ${b})`;
    case "rem":
      return `(${a} % max(${b}, U(1u)))`;
    case "quo":
      return `select(${a} / max(${b}, U(1u)), U(0u), ${b} == U(0u))`;
    case "not":
      return `(!${a})`;
    case "select":
      return `select(${c}, ${b}, ${a})`;
    case "cast":
      return cast(types[0]!, result, a, use);
    case "bitcast":
      return `bitcast<${ALIAS[result]}>(${a})`;
    default:
      throw new Error(`no WGSL for scalar op "${op}"`);
  }
};

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
  const dtypes: DType[] = program.loads.map((view) => view.dtype);
  const lines: string[] = [];
  const rounded = roundedOperands(program);
  const one = (instruction: Instruction, index: number): string => {
    if (instruction.op === "constant") return constant(instruction.value, instruction.dtype, parameters);
    if (instruction.op === "iota") return `${ALIAS[instruction.dtype]}(${coordinate(instruction.axis)})`;
    const args = instruction.args.map((i) => (rounded[index]!.has(i) ? `${use("roundedF")}(v${i})` : `v${i}`));
    return expression(
      instruction.op,
      args,
      instruction.args.map((i) => dtypes[i]!),
      instruction.dtype,
      use,
    );
  };
  program.body.forEach((instruction, index) => {
    lines.push(`let v${dtypes.length} = ${one(instruction, index)};`);
    dtypes.push(instruction.dtype);
  });
  return { statements: lines.join("\n"), results: program.results.map((i) => ({ name: `v${i}`, dtype: dtypes[i]! })) };
};
