import { basename } from "node:path";
import { compareLaws, type LawComparison, type TableFormat } from "@isoflop/scaling";
import { unsound, usageError } from "../exit.js";
import { type InputFile, readInput, shown } from "../files/read.js";
import { isoFlopThrough } from "../fit/isoflop/fit.js";
import type { Comparable } from "../fit/kind.js";
import { fitKinds, kindOf } from "../fit/kinds.js";
import { type SavedFit, savedFitIn } from "../fit/saved.js";
import type { ColumnMap } from "../options/columns.js";
import { requireComparable } from "../runs/folder.js";
import { loadRuns } from "../runs/load.js";
import { versions } from "../versions.js";

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
  readonly versions: Readonly<Record<string, string>>;
}

export const compare = (fileA: string, fileB: string, asked: CompareAsked): ComparisonDocument => {
  const { columns, columnsB = columns, law, at, draws, seed, range } = asked;
  const a = savedOf(fileA, columns, asked);
  const b = savedOf(fileB, columnsB, asked);
  requireComparable(fileA, fileB);
  const quantity = sameQuantity({ [fileA]: a, [fileB]: b }, asked.quantity);
  const comparison = compareLaws(
    { name: `A: ${basename(shown(a.input.file))}`, ...lawOf(a, law, fileA) },
    { name: `B: ${basename(shown(b.input.file))}`, ...lawOf(b, law, fileB) },
    { draws, seed, at, range, quantity },
  );
  return { command: "compare", a: a.input, b: b.input, law, comparison, versions: versions("@isoflop/scaling") };
};

/** A saved fit, or the isoFLOP fit of a table of runs. */
const savedOf = (file: string, columns: ColumnMap | undefined, { format, quantity }: CompareAsked): SavedFit => {
  const saved = savedFitIn(readInput(file).text, file);
  if (saved) return saved;
  return isoFlopThrough(loadRuns({ input: file, columns, format, quantity }), { quantity });
};

/** What the law of a fit is of; a law of x and y does not say. */
const quantityOf = ({ fit }: SavedFit): string | undefined => fit && kindOf(fit).quantity?.(fit);

/** A loss against a metric, or two metrics, say nothing of each other. */
const sameQuantity = (sides: Readonly<Record<string, SavedFit>>, asked: string | undefined): string | undefined => {
  let wanted = asked;
  for (const [file, saved] of Object.entries(sides)) {
    const quantity = quantityOf(saved);
    if (quantity === undefined) continue;
    wanted ??= quantity;
    if (quantity !== wanted) throw usageError(`${shown(file)} is a law of ${quantity}; expected one of ${wanted}`);
  }
  return wanted;
};

/** Kinds of fit that have a law of the loss against compute. */
const comparable = (): string => {
  const commands = Object.values(fitKinds).flatMap((kind) => ("compared" in kind ? [`a fit ${kind.record}`] : []));
  return ["a table of runs", ...commands].join(", ").replace(/, ([^,]*)$/, " or $1");
};

const lawOf = ({ command, fit, status, message }: SavedFit, form: CompareAsked["law"], file: string): Comparable => {
  if (!fit) throw unsound(`${shown(file)}: ${status}: ${message}`);
  const compared = kindOf(fit).compared?.(fit, form);
  if (!compared) throw usageError(`${shown(file)} is a ${command}; compare takes ${comparable()}`);
  if (!compared.ok) throw unsound(`${shown(file)}: ${compared.reason}: ${compared.message}`);
  const { law, data } = compared;
  return { law, data };
};
