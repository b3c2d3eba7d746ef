import { estimate } from "../inference/estimate.js";
import { type Outcome, refuse } from "../types.js";
import type { SeedNoise } from "./record.js";

/** The variance within a cell. */
export interface CellVariance {
  readonly C: number;
  readonly variance: number;
  readonly freedom: number;
}

/** Fewer degrees of freedom than a line in ln C and one more say nothing of a trend. */
const FEWEST = 3;
const STEPS = 100;
/** Below this a difference of ln L is rounding. */
const ROUNDING = 1e-12;

/**
 * ln σ² as a line in ln C, by maximum likelihood: s² of ν degrees of freedom is σ² χ²_ν / ν, a gamma variable, whose generalized linear model with a
 * logarithmic link has the weights ν / 2 whatever σ² is (McCullagh & Nelder, Generalized Linear Models, 1989, section 8.3.4 and chapter 12). A cell in which all losses are
 * equal is no −∞ there, as it is in a line through ln s².
 */
export const trendOf = (cells: readonly CellVariance[]): Outcome<Extract<SeedNoise["trend"], { ok: true }>> => {
  const freedom = cells.reduce((sum, cell) => sum + cell.freedom, 0);
  const mean = (of: (cell: CellVariance) => number) =>
    cells.reduce((sum, cell) => sum + cell.freedom * of(cell), 0) / freedom;
  const middle = mean(({ C }) => Math.log(C));
  const x = (cell: CellVariance) => Math.log(cell.C) - middle;
  const spread = mean((cell) => x(cell) ** 2);
  const pooled = mean(({ variance }) => variance);
  if (freedom < FEWEST || !(spread > 1e-12))
    return refuse(
      "too-few-budgets",
      `a trend with compute needs replicates at two budgets, with ${FEWEST} degrees of freedom`,
    );
  if (!(pooled > ROUNDING ** 2)) return refuse("unidentified", "losses of other seeds are all equal");
  let [a, b] = [Math.log(pooled), 0];
  for (let step = 0; step < STEPS; step++) {
    const left = (cell: CellVariance) => cell.variance / Math.exp(a + b * x(cell)) - 1;
    const [da, db] = [mean(left), mean((cell) => left(cell) * x(cell)) / spread];
    // Far away the score is steep; no step changes σ² by more than its own size between the ends.
    const most = Math.max(Math.abs(da), Math.abs(db) * Math.sqrt(spread));
    const damped = most > 1 ? 1 / most : 1;
    a += damped * da;
    b += damped * db;
    if (most < 1e-12) {
      const error = Math.sqrt(2 / (freedom * spread)) / 2;
      const at = { C: Math.exp(middle), standardDeviation: Math.exp(a / 2) };
      return { ok: true, exponent: estimate(b / 2, error, freedom - 2), at };
    }
  }
  return refuse("unidentified", "the noise at some budget is too small beside that of others for a line through all");
};
