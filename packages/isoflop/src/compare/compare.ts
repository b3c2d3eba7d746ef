import { basename } from "node:path";
import {
  type ComparedLaw,
  compareLaws,
  extent,
  formOfLaw,
  type LawComparison,
  type TableFormat,
} from "@isoflop/scaling";
import { usageError } from "../exit.js";
import { type InputFile, shown } from "../files/read.js";
import type { ColumnMap } from "../options/columns.js";
import { requireComparable } from "../runs/folder.js";
import { versions } from "../versions.js";
import { type PublishedSide, publishedOf, requireSameLoss } from "./conventions.js";
import { lawOf, quantityOf, type Side, sideOf } from "./side.js";

export interface CompareAsked {
  readonly columns?: ColumnMap;
  readonly columnsB?: ColumnMap;
  readonly format?: TableFormat;
  readonly quantity?: string;
  readonly law: "power" | "saturating";
  readonly at?: readonly number[];
  readonly range?: readonly [number, number];
  readonly draws: number;
  readonly seed: number;
}

export interface ComparisonDocument {
  readonly command: "compare";
  readonly a: InputFile;
  readonly b: InputFile;
  /** Which law of the optimal loss was taken of fits that have several. */
  readonly law: string;
  readonly comparison: LawComparison;
  /** Of sides that are law cards. */
  readonly published?: { readonly a?: PublishedSide; readonly b?: PublishedSide };
  readonly versions: Readonly<Record<string, string>>;
}

/** Two laws of the loss against compute, or of what both are of, and which sides they are. */
export const comparisonOf = (
  fileA: string,
  fileB: string,
  asked: CompareAsked,
): { readonly document: ComparisonDocument; readonly sides: readonly [Side, Side] } => {
  const { columns, columnsB = columns, format, law, draws, seed, range } = asked;
  const a = sideOf({ file: fileA, columns, format, quantity: asked.quantity });
  const b = sideOf({ file: fileB, columns: columnsB, format, quantity: asked.quantity });
  requireComparable(fileA, fileB);
  const quantity = sameQuantity([a, b], asked.quantity);
  requireSameLoss(a, b, quantity);
  const laws = [a, b].map((side, i) => ({
    name: `${"AB"[i]}: ${basename(shown(side.input.file))}`,
    ...lawOf(side, law, quantity),
  })) as [ComparedLaw, ComparedLaw];
  const at = asked.at ?? computesOf(laws);
  const comparison = compareLaws(...laws, { draws, seed, at, range, quantity });
  const [one, other] = [publishedOf(a), publishedOf(b)];
  const published = one || other ? { published: { ...(one && { a: one }), ...(other && { b: other }) } } : {};
  const { input } = a;
  const document = { command: "compare", a: input, b: b.input, law, comparison, ...published } as const;
  return { document: { ...document, versions: versions("@isoflop/scaling") }, sides: [a, b] };
};

/** The largest compute that either was fitted to, and ten times that; undefined where the points say it. */
const computesOf = (laws: readonly ComparedLaw[]): number[] | undefined => {
  if (laws.every(({ data }) => data.x.length > 0)) return undefined;
  const known = laws.flatMap(({ law, data }) => [...data.x, ...(formOfLaw(law).range?.(law) ?? [])]);
  if (known.length === 0)
    throw usageError("neither law says what it was fitted to; say with --at C where they are compared");
  const [, most] = extent(known);
  return [most, 10 * most];
};

/** A loss against a metric, or two metrics, say nothing of each other. */
const sameQuantity = (sides: readonly Side[], asked: string | undefined): string | undefined => {
  let wanted = asked;
  for (const side of sides) {
    const quantity = quantityOf(side);
    if (quantity === undefined) continue;
    wanted ??= quantity;
    if (quantity !== wanted) throw usageError(`${shown(side.file)} is a law of ${quantity}; expected one of ${wanted}`);
  }
  return wanted;
};

/** The document of {@link comparisonOf}. */
export const compare = (fileA: string, fileB: string, asked: CompareAsked): ComparisonDocument =>
  comparisonOf(fileA, fileB, asked).document;
