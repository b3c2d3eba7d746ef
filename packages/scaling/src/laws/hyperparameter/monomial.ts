import { badOption, positive } from "../../errors.js";

/** A product of powers ±1 of named numbers, such as `N`, `D/N` or `batch/lr/weightDecay/D`. */
export interface Monomial {
  /** As it was written. */
  readonly text: string;
  readonly factors: readonly { readonly name: string; readonly power: 1 | -1 }[];
}

export type NamedNumbers = Readonly<Record<string, number>>;

const NAME = /^[\p{L}_][\p{L}\p{N}_.-]*$/u;

/** @throws ScalingError `bad-option` for a text that is no product of names */
export const monomial = (text: string): Monomial => {
  const parts = text.split(/([*/])/).map((part) => part.trim());
  const factors = parts.flatMap((name, i) =>
    i % 2 === 1 ? [] : [{ name, power: parts[i - 1] === "/" ? -1 : 1 } as const],
  );
  if (factors.every(({ name }) => NAME.test(name))) return { text, factors };
  throw badOption("a predictor", `"${text}"`, "a name, or names joined by * and /, such as D/N");
};

/** The names in it. */
export const namesIn = ({ factors }: Monomial): readonly string[] => factors.map(({ name }) => name);

/** Its natural logarithm. @throws ScalingError `bad-value` naming a number that is missing or not positive */
export const logOf = ({ factors }: Monomial, values: NamedNumbers, row?: number): number =>
  factors.reduce((sum, { name, power }) => sum + power * Math.log(positive(name, values[name], row)), 0);
