import type { Instruction, PointwiseProgram } from "../../../compile/kernel.js";
import { scalarFunctions } from "../../scalars.js";
import type { LibraryFunction } from "./function.js";
import { ZERO } from "./parameters.js";

/**
 * "An implementation may reassociate operations" (WGSL, 15.7.5), and Mesa does: it computes b - ((a + b) - a), the rounding
 * error of a + b, as 0. What a number was rounded to is kept by a trip through integers that no compiler can see to be
 * the identity, since the zero it is combined with is only known when the kernel runs.
 */
export const rounding = {
  roundedF: {
    text: `fn roundedF(x: F) -> F { return bitcast<F>(bitcast<U>(x) ^ U(${ZERO})); }`,
  },
} satisfies Record<string, LibraryFunction>;

const PLUS = 1;
const MINUS = 2;
/** The terms of a sum by name, each with the signs it occurs with. */
type Terms = ReadonlyMap<string, number>;

const negated = (terms: Terms): Terms =>
  new Map([...terms].map(([name, signs]) => [name, ((signs & PLUS) << 1) | ((signs & MINUS) >> 1)]));

const joined = (a: Terms, b: Terms): Terms => {
  const all = new Map(a);
  for (const [name, signs] of b) all.set(name, (all.get(name) ?? 0) | signs);
  return all;
};

const cancel = (a: Terms, b: Terms): boolean =>
  [...b].some(
    ([name, signs]) => ((a.get(name) ?? 0) & (signs === PLUS ? MINUS : signs === MINUS ? PLUS : signs)) !== 0,
  );

/**
 * Which sums of a program must be rounded before they are used: entry i holds the operands of instruction i, as SSA values.
 * Compensated arithmetic is made of sums in which a term meets itself with the other sign; in exact arithmetic it would cancel,
 * and in a compiler it does. Programs without such a sum, nearly all, keep their text.
 */
export const roundedOperands = ({ loads, body }: PointwiseProgram): readonly ReadonlySet<number>[] => {
  const none: ReadonlySet<number> = new Set();
  // Of sums of f32, by SSA value; anything else is a term of its own.
  const sums = new Map<number, Terms>();
  const termsOf = (value: number): Terms => {
    const instruction = body[value - loads.length];
    const name = instruction?.op === "constant" ? `constant ${instruction.value}` : `v${value}`;
    return sums.get(value) ?? new Map([[name, PLUS]]);
  };
  const visit = (instruction: Instruction, value: number): ReadonlySet<number> => {
    if (instruction.dtype !== "f32" || !("args" in instruction)) return none;
    const { args, op } = instruction;
    const { signs } = scalarFunctions[op];
    if (!signs) return none;
    const terms = args.map((arg, i) => (signs[i] === -1 ? negated(termsOf(arg)) : termsOf(arg)));
    sums.set(value, terms.reduce(joined));
    const [a, b] = terms;
    return a && b && cancel(a, b) ? new Set(args.filter((operand) => termsOf(operand).size > 1)) : none;
  };
  return body.map((instruction, i) => visit(instruction, loads.length + i));
};
