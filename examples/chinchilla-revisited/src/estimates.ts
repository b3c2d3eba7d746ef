import type { Estimate } from "@isoflop/scaling";
import type { Analysis } from "./analysis.js";

/** A number that methods are compared by. */
export interface Compared {
  readonly name: string;
  readonly words: string;
  readonly estimates: readonly { readonly method: string; readonly estimate: Estimate }[];
  /** The truth or the published value. */
  readonly reference: number | undefined;
}

/** Every number with what each method says of it; methods that do not have it, or refused, are left out. */
export const comparedEstimates = ({ isoFlop, huber, squares, logSquares, reference }: Analysis): Compared[] => {
  const surfaces = [
    { method: "log-Huber surface", surface: huber },
    { method: "squares of L", surface: squares },
    { method: "squares of ln L", surface: logSquares },
  ];
  const answers = [
    ...(isoFlop.answer.ok ? [{ method: "isoFLOP parabolas", answer: isoFlop.answer }] : []),
    ...surfaces.map(({ method, surface }) => ({ method, answer: surface.answer })),
  ];
  const ofAll = (name: "a" | "N" | "D", words: string): Compared => ({
    name: name === "a" ? name : `${name}*`,
    words,
    estimates: answers.map(({ method, answer }) => ({ method, estimate: answer[name] })),
    reference: reference?.values[name],
  });
  const ofSurfaces = (name: string, words: string): Compared => ({
    name,
    words,
    estimates: surfaces.map(({ method, surface }) => ({ method, estimate: surface.parameters[name]! })),
    reference: reference?.values[name],
  });
  return [
    ofAll("a", "exponent a of N* ~ C^a"),
    ofAll("N", "optimal size N* at the target"),
    ofAll("D", "optimal data D* at the target"),
    ofSurfaces("E", "irreducible loss E"),
    ofSurfaces("A", "coefficient A of N"),
    ofSurfaces("B", "coefficient B of D"),
    ofSurfaces("alpha", "exponent alpha of N"),
    ofSurfaces("beta", "exponent beta of D"),
  ];
};
