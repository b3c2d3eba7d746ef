import { constantsOfSide, exponentsOf, type Interval, type LawCard } from "@isoflop/scaling";
import { usageError } from "../exit.js";
import type { InputFile } from "../files/read.js";
import { shown } from "../files/read.js";
import { versions } from "../versions.js";
import { LOSS } from "../words/quantity.js";
import { type CompareAsked, read, type SideRead } from "./compare.js";
import { type PublishedSides, publishedSides } from "./conventions.js";

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
  readonly published: PublishedSides;
  readonly versions: Readonly<Record<string, string>>;
}

/** The exponents that two sides share: they do not depend on the unit of anything. */
export const compareExponents = (fileA: string, fileB: string | undefined, asked: CompareAsked): ExponentsDocument => {
  const [a, b] = read(fileA, fileB, asked);
  const [ofA, ofB] = [knownOf(a, asked), knownOf(b, asked)];
  const exponents = Object.keys(ofA).flatMap((of) => (ofB[of] ? [{ of, a: ofA[of]!, b: ofB[of] }] : []));
  if (exponents.length === 0)
    throw usageError(
      `${shown(a.file)} and ${shown(b.file)} share no exponent; the first has ${Object.keys(ofA).join(", ") || "none"}, the second ${Object.keys(ofB).join(", ") || "none"}`,
    );
  return {
    command: "compare",
    a: a.input,
    b: b.input,
    exponents,
    published: publishedSides(a.card, b.card),
    versions: versions("@isoflop/scaling"),
  };
};

type Known = Readonly<Record<string, KnownExponent>>;

const knownOf = (read: SideRead, { draws, seed }: CompareAsked): Known => {
  if (read.card) return ofCard(read.card);
  const { floor: _, loss, ...sizes } = constantsOfSide(read.side, { draws, seed });
  const all = { ...sizes, ...(loss && { [read.side.quantity ?? LOSS]: loss }) };
  const found = Object.entries(all).map(([of, { value, ci95 }]) => [of, { value, ...(ci95 && within(ci95)) }] as const);
  return Object.fromEntries(found);
};

const within = (interval: Interval) => ({ interval, level: 0.95 });

const ofCard = (card: LawCard): Known =>
  Object.fromEntries(Object.entries(exponentsOf(card)).map(([of, { derived: _, ...exponent }]) => [of, exponent]));
