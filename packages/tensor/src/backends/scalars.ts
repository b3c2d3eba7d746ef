import type { DType } from "../dtype.js";
import { Scalar } from "./wasm/opcodes.js";

/** An instruction of the tile machine of `wasm`, and its rough cost per element in tenths of a nanosecond. */
export interface ScalarInstruction {
  readonly opcode: Scalar;
  readonly cost: number;
}

/** The width alias that holds a dtype inside a WGSL program. */
export const ALIAS = { f32: "F", i32: "I", u32: "U", bool: "B" } as const satisfies Record<DType, string>;

/** What a WGSL expression may depend on. */
export interface ExpressionContext {
  readonly from: DType;
  readonly to: DType;
  /** Notes that a function of the library (`webgpu/wgsl/library.ts`) is called, and returns its name. */
  use(name: string): string;
}

/** A scalar function as each backend has it: on the tile machine, by the dtypes of its first operand and its result, and in WGSL. */
interface ScalarEntry {
  wasm(from: DType, to: DType): ScalarInstruction | undefined;
  wgsl(operands: readonly string[], context: ExpressionContext): string;
  /** Whether the result has the operand's bits, so that nothing need be done. */
  renames?(from: DType, to: DType): boolean;
  /** The instruction where the second operand is a constant. */
  readonly byConstant?: Scalar;
  /** The signs of its operands where it is a sum of them. */
  readonly signs?: readonly (1 | -1)[];
}

type Wasm = ScalarEntry["wasm"];
type Wgsl = ScalarEntry["wgsl"];

/** One instruction whatever the dtype. */
const always =
  (opcode: Scalar, cost = 1): Wasm =>
  () => ({ opcode, cost });

/** An instruction for each dtype of the operands; bool counts as u32. */
const typed =
  (opcodes: { readonly f32?: Scalar; readonly i32?: Scalar; readonly u32?: Scalar }, cost = 1): Wasm =>
  (from) => {
    const opcode = opcodes[from === "bool" ? "u32" : from];
    return opcode === undefined ? undefined : { opcode, cost };
  };

const infix =
  (sign: string): Wgsl =>
  ([a, b]) =>
    `(${a} ${sign} ${b})`;

const builtin =
  (name: string): Wgsl =>
  (operands) =>
    `${name}(${operands.join(", ")})`;

const library =
  (name: string): Wgsl =>
  (operands, { use }) =>
    `${use(name)}(${operands.join(", ")})`;

/** WGSL's own `max` and `min` may drop NaN. */
const extremum =
  (name: "max" | "min"): Wgsl =>
  (operands, context) =>
    (context.from === "f32" ? library(`${name}F`) : builtin(name))(operands, context);

const castOpcode = (from: DType, to: DType): ScalarInstruction => {
  if (to === "bool") return { opcode: from === "f32" ? Scalar.FloatToBool : Scalar.IntToBool, cost: 1 };
  if (from === "f32") return { opcode: to === "i32" ? Scalar.FloatToInt : Scalar.FloatToUint, cost: 2 };
  return { opcode: from === "i32" ? Scalar.IntToFloat : Scalar.UintToFloat, cost: 2 };
};

const castText: Wgsl = ([x], { from, to, use }) => {
  if (from === to) return `${x}`;
  if (to === "bool")
    return from === "f32" ? `((bitcast<U>(${x}) & U(0x7fffffffu)) != U(0u))` : `(${x} != ${ALIAS[from]}(0))`;
  if (from === "f32") return `${use(to === "i32" ? "floatToInt" : "floatToUint")}(${x})`;
  return `${ALIAS[to]}(${x})`;
};

/**
 * Every scalar function, once. An op names its own (`lowering: { kind: "scalar", scalar: "exp" }`); a new one joins here, with an opcode and a line
 * in `assembly/scalar.ts` and, where WGSL has nothing that will do, a function in `webgpu/wgsl/library.ts`.
 *
 * Integers wrap. `gelu` is the tanh form, `geluGrad` its derivative; `round` is to even. `lt` `le` `eq` give bool. `shr` is logical, counts are below
 * 32; a zero divisor gives 0. `cast` converts between any two dtypes (float to integer truncates and saturates, NaN gives 0; to bool is "differs
 * from zero"), `bitcast` keeps the bits.
 */
const SCALARS = {
  neg: { wasm: always(Scalar.Neg), wgsl: ([a]) => `(-${a})`, signs: [-1] },
  abs: { wasm: always(Scalar.Abs), wgsl: builtin("abs") },
  sign: { wasm: always(Scalar.Sign), wgsl: library("signF") },
  floor: { wasm: always(Scalar.Floor), wgsl: builtin("floor") },
  ceil: { wasm: always(Scalar.Ceil), wgsl: builtin("ceil") },
  round: { wasm: always(Scalar.Round), wgsl: builtin("round") },
  sqrt: { wasm: always(Scalar.Sqrt, 3), wgsl: builtin("sqrt") },
  rsqrt: { wasm: always(Scalar.Rsqrt, 5), wgsl: builtin("inverseSqrt") },
  reciprocal: { wasm: always(Scalar.Reciprocal, 3), wgsl: ([a]) => `(1.0 / ${a})` },
  exp: { wasm: always(Scalar.Exp, 12), wgsl: library("expF") },
  log: { wasm: always(Scalar.Log, 14), wgsl: library("logF") },
  sin: { wasm: always(Scalar.Sin, 25), wgsl: library("sinF") },
  cos: { wasm: always(Scalar.Cos, 25), wgsl: library("cosF") },
  tanh: { wasm: always(Scalar.Tanh, 18), wgsl: library("tanhF") },
  erf: { wasm: always(Scalar.Erf, 20), wgsl: library("erfF") },
  sigmoid: { wasm: always(Scalar.Sigmoid, 14), wgsl: library("sigmoidF") },
  gelu: { wasm: always(Scalar.Gelu, 16), wgsl: library("geluF") },
  geluGrad: { wasm: always(Scalar.GeluGrad, 28), wgsl: library("geluGradF") },
  not: { wasm: always(Scalar.Not), wgsl: ([a]) => `(!${a})` },
  add: { wasm: typed({ f32: Scalar.AddF, i32: Scalar.AddI, u32: Scalar.AddI }), wgsl: infix("+"), signs: [1, 1] },
  sub: { wasm: typed({ f32: Scalar.SubF, i32: Scalar.SubI, u32: Scalar.SubI }), wgsl: infix("-"), signs: [1, -1] },
  mul: { wasm: typed({ f32: Scalar.MulF, i32: Scalar.MulI, u32: Scalar.MulI }), wgsl: infix("*") },
  div: { wasm: typed({ f32: Scalar.DivF }, 3), wgsl: infix("/") },
  pow: { wasm: typed({ f32: Scalar.PowF }, 250), wgsl: library("powF") },
  max: { wasm: typed({ f32: Scalar.MaxF, i32: Scalar.MaxI, u32: Scalar.MaxU }), wgsl: extremum("max") },
  min: { wasm: typed({ f32: Scalar.MinF, i32: Scalar.MinI, u32: Scalar.MinU }), wgsl: extremum("min") },
  lt: { wasm: typed({ f32: Scalar.LtF, i32: Scalar.LtI, u32: Scalar.LtU }), wgsl: infix("<") },
  le: { wasm: typed({ f32: Scalar.LeF, i32: Scalar.LeI, u32: Scalar.LeU }), wgsl: infix("<=") },
  eq: { wasm: typed({ f32: Scalar.EqF, i32: Scalar.EqI, u32: Scalar.EqI }), wgsl: infix("==") },
  and: { wasm: typed({ i32: Scalar.And, u32: Scalar.And }), wgsl: infix("&") },
  or: { wasm: typed({ i32: Scalar.Or, u32: Scalar.Or }), wgsl: infix("|") },
  xor: {
    wasm: typed({ i32: Scalar.Xor, u32: Scalar.Xor }),
    wgsl: (operands, context) => infix(context.from === "bool" ? "!=" : "^")(operands, context),
  },
  shl: { wasm: typed({ u32: Scalar.Shl }, 10), wgsl: infix("<<"), byConstant: Scalar.ShlC },
  shr: { wasm: typed({ u32: Scalar.Shr }, 10), wgsl: infix(">>"), byConstant: Scalar.ShrC },
  rem: { wasm: typed({ u32: Scalar.Rem }, 30), wgsl: ([a, b]) => `(${a} % max(${b}, U(1u)))` },
  quo: {
    wasm: typed({ u32: Scalar.Quo }, 30),
    wgsl: ([a, b]) => `select(${a} / max(${b}, U(1u)), U(0u), ${b} == U(0u))`,
  },
  select: { wasm: always(Scalar.Select, 2), wgsl: ([condition, a, b]) => `select(${b}, ${a}, ${condition})` },
  cast: {
    wasm: castOpcode,
    wgsl: castText,
    renames: (from, to) => from === to || (from !== "f32" && to !== "f32" && to !== "bool"),
  },
  bitcast: {
    wasm: () => undefined,
    wgsl: ([a], { to }) => `bitcast<${ALIAS[to]}>(${a})`,
    renames: () => true,
  },
} satisfies Record<string, ScalarEntry>;

export type ScalarFunction = keyof typeof SCALARS;

export const scalarFunctions: Readonly<Record<ScalarFunction, ScalarEntry>> = SCALARS;
