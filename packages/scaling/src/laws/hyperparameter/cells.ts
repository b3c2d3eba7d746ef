import { positive } from "../../errors.js";
import { extent } from "../../math/extent.js";
import { type Outcome, type Refusal, refuse } from "../../types.js";
import { type Basin, type Bowl, fitBowl } from "./bowl.js";
import { logOf, type Monomial, type NamedNumbers } from "./monomial.js";

/** Runs that share the numbers of a cell. */
export interface Cell {
  readonly at: NamedNumbers;
  readonly rows: readonly number[];
  /** Logarithms of the hyperparameters, a list per run. */
  readonly z: readonly (readonly number[])[];
  readonly loss: readonly number[];
}

/** @param shared names of the numbers by which rows are told apart */
export const cellsOf = (
  rows: readonly NamedNumbers[],
  losses: readonly number[],
  hyperparameters: readonly Monomial[],
  shared: readonly string[],
): Cell[] => {
  const found = new Map<string, { readonly at: NamedNumbers; rows: number[]; z: number[][]; loss: number[] }>();
  rows.forEach((row, i) => {
    const at = Object.fromEntries(shared.map((name) => [name, positive(name, row[name], i + 1)]));
    const key = Object.values(at).join("|");
    const cell = found.get(key) ?? { at, rows: [], z: [], loss: [] };
    cell.rows.push(i);
    cell.z.push(hyperparameters.map((one) => logOf(one, row, i + 1)));
    cell.loss.push(losses[i]!);
    found.set(key, cell);
  });
  return [...found.values()];
};

/** The basin of a cell with its own curvature: its minimum, or why it has none inside what was tried. */
export const basinOf = (
  cell: Cell,
  names: readonly string[],
): Outcome<Bowl & { readonly optimum: readonly number[] }> => {
  const few = names.find((_, a) => new Set(cell.z.map((row) => row[a])).size < 3);
  if (few !== undefined) return refuse("too-few-points", `fewer than three values of ${few}; a minimum needs three`);
  const bowl = fitBowl([{ z: cell.z, loss: cell.loss, x: [] }]);
  if (!bowl.ok) return bowl;
  const optimum = bowl.beta.map(([mu]) => mu!);
  return outsideOf(cell, names, optimum) ?? { ...bowl, optimum };
};

const outsideOf = ({ z }: Cell, names: readonly string[], optimum: readonly number[]): Refusal | undefined => {
  const a = optimum.findIndex((mu, j) => {
    const [low, high] = extent(z.map((row) => row[j]!));
    return mu < low || mu > high;
  });
  if (a < 0) return undefined;
  return refuse(
    "edge-minimum",
    `the best ${names[a]}, ${Math.exp(optimum[a]!).toPrecision(3)}, lies outside the sweep`,
  );
};

export const asBasin = ({ z, loss, at }: Cell, predictors: readonly Monomial[]): Basin => ({
  z,
  loss,
  x: predictors.map((one) => logOf(one, at)),
});
