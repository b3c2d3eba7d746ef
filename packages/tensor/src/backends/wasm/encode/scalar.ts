import type { Instruction, ScalarOp, UnaryFloat } from "../../../compile/kernel.js";
import type { DType } from "../../../dtype.js";
import { TensorError } from "../../../errors.js";
import { Scalar } from "../opcodes.js";

type Operation = Extract<Instruction, { args: readonly number[] }>;

/** Opcode and rough cost per element, in tenths of a nanosecond. */
export interface ScalarCode {
  readonly op: Scalar;
  readonly cost: number;
}

const code = (op: Scalar, cost = 1): ScalarCode => ({ op, cost });

const unary: Record<UnaryFloat | "not", ScalarCode> = {
  neg: code(Scalar.Neg),
  abs: code(Scalar.Abs),
  sign: code(Scalar.Sign),
  floor: code(Scalar.Floor),
  ceil: code(Scalar.Ceil),
  round: code(Scalar.Round),
  sqrt: code(Scalar.Sqrt, 3),
  rsqrt: code(Scalar.Rsqrt, 5),
  reciprocal: code(Scalar.Reciprocal, 3),
  exp: code(Scalar.Exp, 12),
  log: code(Scalar.Log, 14),
  sin: code(Scalar.Sin, 25),
  cos: code(Scalar.Cos, 25),
  tanh: code(Scalar.Tanh, 18),
  erf: code(Scalar.Erf, 20),
  sigmoid: code(Scalar.Sigmoid, 14),
  gelu: code(Scalar.Gelu, 16),
  geluGrad: code(Scalar.GeluGrad, 28),
  not: code(Scalar.Not),
};

/** Operations whose opcode depends on the operands' dtype; bool counts as u32. */
const typed: Record<string, { f32?: ScalarCode; i32?: ScalarCode; u32?: ScalarCode }> = {
  add: { f32: code(Scalar.AddF), i32: code(Scalar.AddI), u32: code(Scalar.AddI) },
  sub: { f32: code(Scalar.SubF), i32: code(Scalar.SubI), u32: code(Scalar.SubI) },
  mul: { f32: code(Scalar.MulF), i32: code(Scalar.MulI), u32: code(Scalar.MulI) },
  div: { f32: code(Scalar.DivF, 3) },
  pow: { f32: code(Scalar.PowF, 250) },
  max: { f32: code(Scalar.MaxF), i32: code(Scalar.MaxI), u32: code(Scalar.MaxU) },
  min: { f32: code(Scalar.MinF), i32: code(Scalar.MinI), u32: code(Scalar.MinU) },
  lt: { f32: code(Scalar.LtF), i32: code(Scalar.LtI), u32: code(Scalar.LtU) },
  le: { f32: code(Scalar.LeF), i32: code(Scalar.LeI), u32: code(Scalar.LeU) },
  eq: { f32: code(Scalar.EqF), i32: code(Scalar.EqI), u32: code(Scalar.EqI) },
  and: { i32: code(Scalar.And), u32: code(Scalar.And) },
  or: { i32: code(Scalar.Or), u32: code(Scalar.Or) },
  xor: { i32: code(Scalar.Xor), u32: code(Scalar.Xor) },
  shl: { u32: code(Scalar.Shl, 10) },
  shr: { u32: code(Scalar.Shr, 10) },
  rem: { u32: code(Scalar.Rem, 30) },
  quo: { u32: code(Scalar.Quo, 30) },
};

const cast = (from: DType, to: DType): ScalarCode => {
  if (to === "bool") return code(from === "f32" ? Scalar.FloatToBool : Scalar.IntToBool);
  if (from === "f32") return code(to === "i32" ? Scalar.FloatToInt : Scalar.FloatToUint, 2);
  return code(from === "i32" ? Scalar.IntToFloat : Scalar.UintToFloat, 2);
};

/** Every scalar function of the kernel contract. */
export const scalarOps: ReadonlySet<ScalarOp> = new Set([
  ...(Object.keys(unary) as ScalarOp[]),
  ...(Object.keys(typed) as ScalarOp[]),
  ...(["select", "cast", "bitcast"] as const),
]);

/** The tile machine's instruction for an operation that is not a mere renaming. */
export const scalarCode = ({ op, args, dtype }: Operation, dtypeOf: (value: number) => DType): ScalarCode => {
  const from = dtypeOf(args[0]!);
  if (op === "select") return code(Scalar.Select, 2);
  if (op === "cast") return cast(from, dtype);
  if (op in unary) return unary[op as keyof typeof unary];
  const found = typed[op]?.[from === "bool" ? "u32" : from];
  if (!found) throw new TensorError("kernel", `wasm: no pointwise ${op} of ${from}; see ScalarOp for what exists`);
  return found;
};
