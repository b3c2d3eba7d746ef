import {
  type ColumnRange,
  fitHyperparameter,
  type HyperparameterFit,
  type HyperparameterForm,
  hyperparameterForms,
  monomialNames,
} from "@isoflop/scaling";
import { usageError } from "../../exit.js";
import type { Dropped } from "../../runs/load.js";
import { type ColumnsInput, loadColumns } from "../columns.js";
import { type SavedFit, saved } from "../saved.js";

export interface HyperparameterAsked extends ColumnsInput {
  /** Hyperparameters, and what they depend on; or the name of a form that says both. */
  readonly y?: readonly string[];
  readonly on?: readonly string[];
  readonly form?: string;
  readonly loss?: string;
  readonly sigma?: string;
  readonly cells?: readonly string[];
  readonly method?: "cells" | "joint";
  readonly scale?: "raw" | "log";
}

/** @throws CliError `usage` where it is not said what depends on what */
const lawsOf = ({ y, on, form }: HyperparameterAsked): HyperparameterForm["laws"] => {
  if (form !== undefined) {
    if (on !== undefined) throw usageError("--form and --on are given; expected one of them");
    const { laws } = hyperparameterForms.get(form);
    const names = y ?? Object.keys(laws).slice(0, 1);
    const odd = names.find((name) => !Object.hasOwn(laws, name));
    if (odd !== undefined)
      throw usageError(`--form ${form} has no law of ${odd}; expected ${Object.keys(laws).join(" or ")}`);
    return Object.fromEntries(names.map((name) => [name, laws[name]!]));
  }
  if (!on) throw usageError("what the hyperparameters depend on is not said: --on N,D, or --form NAME");
  return Object.fromEntries((y ?? ["lr"]).map((name) => [name, on]));
};

/** Reads the columns that the laws name, and fits them. */
export const hyperparameterThrough = (asked: HyperparameterAsked): SavedFit<HyperparameterFit> => {
  const laws = lawsOf(asked);
  const { loss, sigma, cells = [], method, scale } = asked;
  if (sigma !== undefined && loss !== undefined)
    throw usageError("--sigma is for optima, and --loss for sweeps; expected one of them");
  for (const [name, value] of Object.entries({ cells: asked.cells, method, scale }))
    if (value !== undefined && loss === undefined) throw usageError(`--${name} is for sweeps, with --loss`);
  const named = new Set([...Object.entries(laws).flatMap(([y, on]) => [y, ...on]), ...cells].flatMap(monomialNames));
  const fields: Readonly<Record<string, ColumnRange>> = {
    ...Object.fromEntries([...named].map((name) => [name, "positive"])),
    ...(loss !== undefined && { loss: scale === "log" ? "positive" : "finite" }),
    ...(sigma !== undefined && { sigma: "positive" }),
  };
  const columns = { ...asked.columns, ...(loss !== undefined && { loss }), ...(sigma !== undefined && { sigma }) };
  const loaded = loadColumns({ ...asked, columns }, { fields });
  const { columns: numbers } = loaded;
  const rows = loaded.rows.map((_, i) => Object.fromEntries([...named].map((name) => [name, numbers[name]![i]!])));
  const fit = fitHyperparameter(rows, { laws, losses: numbers.loss, sigma: numbers.sigma, cells, method, scale });
  const refused = fit.ok ? refusedRows(fit, rows, loaded.rows) : [];
  return saved<HyperparameterFit>("hyperparameter", fit, {
    points: {
      used: rows.length - refused.length,
      dropped: [...loaded.dropped, ...refused].sort((a, b) => a.row - b.row),
    },
    input: loaded.origin,
  });
};

/** Rows of cells that enter no law, each with the reason of its cell. */
const refusedRows = (
  { cells }: HyperparameterFit,
  rows: readonly Readonly<Record<string, number>>[],
  numbers: readonly number[],
): Dropped[] =>
  rows.flatMap((row, i) => {
    const cell = cells.find(
      ({ at, refused }) => refused && Object.entries(at).every(([name, value]) => row[name] === value),
    );
    return cell ? [{ row: numbers[i]!, ...cell.refused! } as Dropped] : [];
  });
