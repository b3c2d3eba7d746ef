import { exponentsOf, type Interval } from "@isoflop/scaling";
import { unsound, usageError } from "../exit.js";
import { type InputFile, shown } from "../files/read.js";
import { requireComparable } from "../runs/folder.js";
import { versions } from "../versions.js";
import type { CompareAsked } from "./compare.js";
import { type PublishedSide, publishedOf } from "./conventions.js";
import { type Side, sideOf } from "./side.js";

/** An exponent of C, with the interval that is known of it. */
export interface KnownExponent {
  readonly value: number;
  readonly interval?: Interval;
  /** Of the interval. */
  readonly level?: number;
}

export interface ExponentsDocument {
  readonly command: "compare";
  readonly a: InputFile;
  readonly b: InputFile;
  readonly exponents: readonly { readonly of: string; readonly a: KnownExponent; readonly b: KnownExponent }[];
  /** Of sides that are cards. */
  readonly published: { readonly a?: PublishedSide; readonly b?: PublishedSide };
  readonly versions: Readonly<Record<string, string>>;
}

/** The exponents that two sides share: they do not depend on the unit of anything. */
export const compareExponents = (
  fileA: string,
  fileB: string,
  asked: CompareAsked,
): { readonly document: ExponentsDocument; readonly sides: readonly [Side, Side] } => {
  const { columns, columnsB = columns, format, quantity } = asked;
  const a = sideOf({ file: fileA, columns, format, quantity });
  const b = sideOf({ file: fileB, columns: columnsB, format, quantity });
  requireComparable(fileA, fileB);
  const [ofA, ofB] = [knownOf(a), knownOf(b)];
  const exponents = Object.keys(ofA).flatMap((of) => (ofB[of] ? [{ of, a: ofA[of]!, b: ofB[of] }] : []));
  if (exponents.length === 0)
    throw usageError(
      `${shown(fileA)} and ${shown(fileB)} share no exponent; the first has ${Object.keys(ofA).join(", ") || "none"}, the second ${Object.keys(ofB).join(", ") || "none"}`,
    );
  const [one, other] = [publishedOf(a), publishedOf(b)];
  return {
    document: {
      command: "compare",
      a: a.input,
      b: b.input,
      exponents,
      published: { ...(one && { a: one }), ...(other && { b: other }) },
      versions: versions("@isoflop/scaling"),
    },
    sides: [a, b],
  };
};

const fitted = ({ value, ci95 }: { readonly value: number; readonly ci95: Interval }): KnownExponent =>
  ci95.every(Number.isFinite) ? { value, interval: ci95, level: 0.95 } : { value };

const knownOf = ({ card, saved, file }: Side): Readonly<Record<string, KnownExponent>> => {
  if (card) {
    const found = Object.entries(exponentsOf(card)).map(([of, { derived: _, ...exponent }]) => [of, exponent] as const);
    return Object.fromEntries(found);
  }
  const { fit, status, message, command } = saved!;
  if (!fit) throw unsound(`${shown(file)}: ${status}: ${message}`);
  if (fit.record === "isoflop") {
    const laws = (["N", "D", "loss"] as const).flatMap((of) => {
      const law = fit[of];
      return law.ok ? [[of === "loss" ? fit.choices.quantity : of, fitted(law.exponent)] as const] : [];
    });
    return Object.fromEntries(laws);
  }
  if (fit.record === "surface" && fit.allocation) {
    const { N, D, loss } = fit.allocation;
    return { N: fitted(N.exponent), D: fitted(D.exponent), [fit.quantity]: fitted(loss.exponent) };
  }
  throw usageError(
    `${shown(file)} is a ${command}, whose exponents are not those of an optimum; expected runs, a fit isoflop, a fit surface or a law card`,
  );
};
