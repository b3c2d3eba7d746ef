import { compareLaws, type LawComparison, type LossLaw, type TableFormat } from "@isoflop/scaling";
import { unsound, usageError } from "../exit.js";
import { type InputFile, readInput, shown } from "../files/read.js";
import { fitIsoFlop } from "../fit/isoflop/fit.js";
import { type FitDocument, looksLikeFit, parseFit } from "../fit/saved.js";
import type { ColumnMap } from "../options/columns.js";
import { largest } from "../range.js";
import { requireComparable } from "../runs/folder.js";
import { loadRuns } from "../runs/load.js";
import { versions } from "../versions.js";

export interface CompareChoices {
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

export interface Side {
  readonly input: InputFile;
  /** What the law is of; a `fit law` does not say. */
  readonly quantity?: string;
  readonly law: LossLaw;
  /** Largest compute the law was fitted to. */
  readonly largest: number;
  /** What the law was fitted to. */
  readonly points: { readonly C: readonly number[]; readonly loss: readonly number[] };
}

export interface ComparisonDocument extends LawComparison {
  readonly command: "compare";
  readonly a: Side;
  readonly b: Side;
  readonly choices: {
    readonly quantity?: string;
    readonly law: string;
    readonly draws: number;
    readonly seed: number;
  };
  readonly versions: Readonly<Record<string, string>>;
}

export const compare = (fileA: string, fileB: string, choices: CompareChoices): ComparisonDocument => {
  const { columns, columnsB = columns, law, draws, seed, range } = choices;
  const a = sideOf(fileA, columns, choices);
  const b = sideOf(fileB, columnsB, choices);
  requireComparable(fileA, fileB);
  const quantity = sameQuantity({ [fileA]: a, [fileB]: b }, choices.quantity);
  const most = Math.max(a.largest, b.largest);
  const { at = [most, 10 * most] } = choices;
  const comparison = compareLaws(a.law, b.law, { at, draws, seed, ...(range && { range }) });
  return {
    command: "compare",
    a,
    b,
    ...comparison,
    choices: { ...(quantity !== undefined && { quantity }), law, draws, seed },
    versions: versions("@isoflop/scaling"),
  };
};

/** A loss against a metric, or two metrics, say nothing of each other. */
const sameQuantity = (sides: Readonly<Record<string, Side>>, asked: string | undefined): string | undefined => {
  let wanted = asked;
  for (const [file, { quantity }] of Object.entries(sides)) {
    if (quantity === undefined) continue;
    wanted ??= quantity;
    if (quantity !== wanted) throw usageError(`${shown(file)} is a law of ${quantity}; expected one of ${wanted}`);
  }
  return wanted;
};

const sideOf = (file: string, columns: ColumnMap | undefined, choices: CompareChoices): Side => {
  const { law, format, quantity } = choices;
  const { text } = readInput(file);
  if (looksLikeFit(text)) return sideOfFit(parseFit(text, file), file, law);
  const what = quantity === undefined ? {} : { quantity };
  const loaded = loadRuns({ input: file, ...(columns && { columns }), ...(format && { format }), ...what });
  return sideOfFit(fitIsoFlop(loaded, what), file, law);
};

/** A floor at zero is a power law; any other caveat leaves nothing to draw from. */
const comparable = (status: string): boolean => status === "converged" || status === "bound";

const sideOfFit = (fit: FitDocument, file: string, form: "power" | "saturating"): Side => {
  if (fit.command === "fit surface") {
    throw usageError(`${shown(file)} is a fit surface; compare takes a table of runs, a fit isoflop or a fit law`);
  }
  if (fit.command === "fit law") {
    const law = fit.fit;
    if (!law || !comparable(fit.status)) throw unsound(`${shown(file)}: ${fit.status}: ${fit.message}`);
    if (law.kind === "broken") throw usageError(`${shown(file)} is a broken law; expected a power or saturating law`);
    const points = { C: fit.data.x, loss: fit.data.y };
    return { input: fit.input, law, largest: largest(points.C), points };
  }
  const law = form === "power" ? fit.laws.loss : fit.laws.lossWithFloor;
  if (!law.ok) throw unsound(`${shown(file)}: ${law.reason}: ${law.message}`);
  if (law.kind === "saturating" && !comparable(law.status))
    throw unsound(`${shown(file)}: ${law.status}: these budgets do not determine a floor; compare with --law power`);
  const interior = fit.budgets.flatMap((budget) => (budget.status === "interior" ? [budget] : []));
  const points = { C: interior.map(({ C }) => C), loss: interior.map(({ optimum }) => optimum.loss.value) };
  const { quantity } = fit.choices;
  return { input: fit.input, quantity, law, largest: largest(points.C), points };
};
