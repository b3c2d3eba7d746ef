import { type Comparison, compareSides, type LawCard, sideOfCard } from "@isoflop/scaling";
import { cardAt } from "../cards/find.js";
import { unsound, usageError } from "../exit.js";
import { type InputFile, shown } from "../files/read.js";
import type { ColumnMap } from "../options/columns.js";
import { requireComparable } from "../runs/comparable.js";
import type { PairedFolders } from "../runs/paired.js";
import { versions } from "../versions.js";
import { type PublishedSides, publishedSides, requireSameLoss } from "./conventions.js";
import { type NamedSide, type SideAsked, sideOf, sidesOfLabels } from "./side.js";

export interface CompareAsked extends SideAsked {
  readonly columns?: ColumnMap;
  readonly columnsB?: ColumnMap;
  /** The column whose two values are the sides. */
  readonly by?: string;
  readonly at?: readonly number[];
  readonly draws: number;
  readonly seed: number;
}

export interface ComparisonDocument {
  readonly command: "compare";
  readonly a: InputFile;
  readonly b: InputFile;
  readonly comparison: Comparison;
  /** Of sides that are law cards. */
  readonly published?: PublishedSides;
  /** Of two folders of runs: their losses on the same samples. */
  readonly paired?: PairedFolders;
  readonly versions: Readonly<Record<string, string>>;
}

/** @throws CliError for what cannot be compared */
export const compare = (fileA: string, fileB: string | undefined, asked: CompareAsked): ComparisonDocument => {
  const [one, other] = read(fileA, fileB, asked);
  const { at, draws, seed } = asked;
  const quantity = sameQuantity([one, other], asked.quantity);
  requireSameLoss(one.card, other.card, quantity);
  const [a, b] = [named("A", one, quantity), named("B", other, quantity)];
  const comparison = compareSides(a.side, b.side, { draws, seed, at, quantity });
  return {
    command: "compare",
    a: a.input,
    b: b.input,
    comparison,
    ...((one.card || other.card) && { published: publishedSides(one.card, other.card) }),
    versions: versions("@isoflop/scaling"),
  };
};

/** What a person named: runs or a fit with their curve, or a card, of which it is still to be said which law is meant. */
export type SideRead = (NamedSide & { readonly card?: undefined }) | NamedCard;

interface NamedCard {
  readonly file: string;
  readonly input: InputFile;
  readonly card: LawCard;
}

/** @throws CliError where a side cannot be read, or has no curve to compare */
export const read = (fileA: string, fileB: string | undefined, asked: CompareAsked): readonly [SideRead, SideRead] => {
  const { by, columns, columnsB = columns } = asked;
  if (by !== undefined) {
    if (fileB !== undefined) throw usageError("--by takes both sides from one table; expected no second file");
    return sidesOfLabels(fileA, by, columns, asked);
  }
  if (fileB === undefined)
    throw usageError("there is nothing to compare with; expected a second file, or --by with a column of the first");
  const sides = [readOne("A", fileA, columns, asked), readOne("B", fileB, columnsB, asked)] as const;
  requireComparable(fileA, fileB, asked.quantity);
  return sides;
};

const readOne = (letter: string, file: string, columns: ColumnMap | undefined, asked: SideAsked): SideRead => {
  const found = cardAt(file);
  return found ? { file, input: found.origin, card: found.card } : sideOf(letter, file, columns, asked);
};

const named = (letter: string, side: SideRead, quantity: string | undefined): NamedSide => {
  if (!side.card) return side;
  const { file, input, card } = side;
  const outcome = sideOfCard(`${letter}: ${card.name}`, card, { quantity });
  if (!outcome.ok)
    throw unsound(`${outcome.reason}: ${outcome.message}; exponents that are there compare with --exponents`);
  return { file, input, side: outcome };
};

/** A loss against a metric, or two metrics, say nothing of each other. */
const sameQuantity = (sides: readonly SideRead[], asked: string | undefined): string | undefined => {
  let wanted = asked;
  for (const { file, side } of sides.filter((one) => one.card === undefined)) {
    if (side.quantity === undefined) continue;
    wanted ??= side.quantity;
    if (side.quantity !== wanted)
      throw usageError(`${shown(file)} is a law of ${side.quantity}; expected one of ${wanted}`);
  }
  return wanted;
};
