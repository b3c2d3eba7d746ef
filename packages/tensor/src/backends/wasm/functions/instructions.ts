import { Scalar } from "../opcodes.js";
import { signed, vector } from "./bytes.js";

const splatBits = (bits: number): number[] => [0x41, ...signed(bits), ...vector(0x11)];
const ONE_F = splatBits(0x3f800000);
const ONE_I = splatBits(1);
const NO_BITS = splatBits(0);
/** A mask of all ones as 1, no bits as 0. */
const asBit = [0x41, ...signed(31), ...vector(0xad)];

const simple = (opcode: number) => ({ before: [] as number[], after: vector(opcode) });
const compared = (opcode: number) => ({ before: [], after: [...vector(opcode), ...asBit] });

/** Instructions of one or two operands: what stands before the operands, and after them, in the specification's numbers (5.4.8, vector instructions). */
const arithmetic: Partial<Record<Scalar, { readonly before: readonly number[]; readonly after: readonly number[] }>> = {
  [Scalar.Copy]: { before: [], after: [] },
  [Scalar.Neg]: simple(0xe1),
  [Scalar.Abs]: simple(0xe0),
  [Scalar.Floor]: simple(0x68),
  [Scalar.Ceil]: simple(0x67),
  [Scalar.Round]: simple(0x6a),
  [Scalar.Sqrt]: simple(0xe3),
  [Scalar.Rsqrt]: { before: ONE_F, after: [...vector(0xe3), ...vector(0xe7)] },
  [Scalar.Reciprocal]: { before: ONE_F, after: vector(0xe7) },
  [Scalar.Not]: { before: ONE_I, after: vector(0x51) },
  [Scalar.FloatToInt]: simple(0xf8),
  [Scalar.FloatToUint]: simple(0xf9),
  [Scalar.IntToFloat]: simple(0xfa),
  [Scalar.UintToFloat]: simple(0xfb),
  [Scalar.FloatToBool]: { before: NO_BITS, after: [...vector(0x42), ...asBit] },
  [Scalar.IntToBool]: { before: NO_BITS, after: [...vector(0x38), ...asBit] },
  [Scalar.AddF]: simple(0xe4),
  [Scalar.SubF]: simple(0xe5),
  [Scalar.MulF]: simple(0xe6),
  [Scalar.DivF]: simple(0xe7),
  [Scalar.MaxF]: simple(0xe9),
  [Scalar.MinF]: simple(0xe8),
  [Scalar.LtF]: compared(0x43),
  [Scalar.LeF]: compared(0x45),
  [Scalar.EqF]: compared(0x41),
  [Scalar.AddI]: simple(0xae),
  [Scalar.SubI]: simple(0xb1),
  [Scalar.MulI]: simple(0xb5),
  [Scalar.MaxI]: simple(0xb8),
  [Scalar.MinI]: simple(0xb6),
  [Scalar.LtI]: compared(0x39),
  [Scalar.LeI]: compared(0x3d),
  [Scalar.EqI]: compared(0x37),
  [Scalar.MaxU]: simple(0xb9),
  [Scalar.MinU]: simple(0xb7),
  [Scalar.LtU]: compared(0x3a),
  [Scalar.LeU]: compared(0x3e),
  [Scalar.And]: simple(0x4e),
  [Scalar.Or]: simple(0x50),
  [Scalar.Xor]: simple(0x51),
};

const SHIFTS: Partial<Record<Scalar, number>> = { [Scalar.ShlC]: 0xab, [Scalar.ShrC]: 0xad };

/** Whether an instruction is a few of the engine's own: no call, no loop over lanes. */
export const isInline = (op: Scalar): boolean => op in arithmetic || op in SHIFTS || op === Scalar.Select;

/** Operands as `inlined` takes them. */
export const ordered = <T>(op: Scalar, operands: readonly T[]): readonly T[] =>
  op === Scalar.Select ? operands.toReversed() : operands;

/**
 * The code of an instruction on its operands, as `assembly/scalar.ts` has it, to the bit.
 * @param operands code that leaves each on the stack; of `Select` the condition is the last
 * @param count by how much is shifted
 */
export const inlined = (op: Scalar, operands: readonly (readonly number[])[], count = 0): number[] => {
  // bitselect(no, yes, condition == 0)
  if (op === Scalar.Select) return [...operands.flat(), ...NO_BITS, ...vector(0x37), ...vector(0x52)];
  const shift = SHIFTS[op];
  if (shift !== undefined) return [...operands.flat(), 0x41, ...signed(count), ...vector(shift)];
  const { before, after } = arithmetic[op]!;
  return [...before, ...operands.flat(), ...after];
};
