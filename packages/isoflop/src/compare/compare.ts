import { type Comparison, compareSides } from "@isoflop/scaling";
import { usageError } from "../exit.js";
import { type InputFile, shown } from "../files/read.js";
import type { ColumnMap } from "../options/columns.js";
import { requireComparable } from "../runs/folder.js";
import { versions } from "../versions.js";
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
  readonly versions: Readonly<Record<string, string>>;
}

/** @throws CliError for what cannot be compared */
export const compare = (fileA: string, fileB: string | undefined, asked: CompareAsked): ComparisonDocument => {
  const [a, b] = sidesOf(fileA, fileB, asked);
  const { at, draws, seed } = asked;
  const quantity = sameQuantity([a, b], asked.quantity);
  const comparison = compareSides(a.side, b.side, { draws, seed, at, quantity });
  return { command: "compare", a: a.input, b: b.input, comparison, versions: versions("@isoflop/scaling") };
};

const sidesOf = (fileA: string, fileB: string | undefined, asked: CompareAsked): readonly [NamedSide, NamedSide] => {
  const { by, columns, columnsB = columns } = asked;
  if (by !== undefined) {
    if (fileB !== undefined) throw usageError("--by takes both sides from one table; expected no second file");
    return sidesOfLabels(fileA, by, columns, asked);
  }
  if (fileB === undefined)
    throw usageError("there is nothing to compare with; expected a second file, or --by with a column of the first");
  const sides = [sideOf("A", fileA, columns, asked), sideOf("B", fileB, columnsB, asked)] as const;
  requireComparable(fileA, fileB);
  return sides;
};

/** A loss against a metric, or two metrics, say nothing of each other. */
const sameQuantity = (sides: readonly NamedSide[], asked: string | undefined): string | undefined => {
  let wanted = asked;
  for (const { file, side } of sides) {
    if (side.quantity === undefined) continue;
    wanted ??= side.quantity;
    if (side.quantity !== wanted)
      throw usageError(`${shown(file)} is a law of ${side.quantity}; expected one of ${wanted}`);
  }
  return wanted;
};
