import { grouped } from "../math/grouped.js";
import type { Run } from "../types.js";

/** Runs of equal size, tokens and further predictors, in the order in which these come: what differs among them is their seeds. */
export const cellsOf = (runs: readonly Run[]): readonly (readonly Run[])[] => [
  ...grouped(runs, ({ N, D, inputs }) => JSON.stringify([N, D, Object.entries(inputs ?? {}).sort()])).values(),
];

/** Squares about the means of cells, and the degrees of freedom that they have: the pure error of Box, Hunter & Hunter. */
export interface PureError {
  readonly sumOfSquares: number;
  readonly degreesOfFreedom: number;
}

/** @param of the loss of a run, or its logarithm */
export const pureErrorOf = (cells: readonly (readonly Run[])[], of: (run: Run) => number): PureError => {
  let [sumOfSquares, degreesOfFreedom] = [0, 0];
  for (const cell of cells) {
    const mean = cell.reduce((s, run) => s + of(run), 0) / cell.length;
    sumOfSquares += cell.reduce((s, run) => s + (of(run) - mean) ** 2, 0);
    degreesOfFreedom += cell.length - 1;
  }
  return { sumOfSquares, degreesOfFreedom };
};
