import { ScalingError } from "../errors.js";
import type { Run } from "../types.js";

/**
 * The weight of a run by its own standard error, for `surface`, its bootstrap and `rollOut`: 1 / (sigma / loss)², the inverse variance of ln L,
 * in units in which the mean weight of these runs is 1. The errors of the fit are still from the scatter about it: what the sigmas leave
 * unexplained widens them (Birge 1932).
 * @throws ScalingError `bad-value` with the row of a run that has no sigma above 0
 */
export const sigmaWeight = (runs: readonly Run[]): ((run: Run) => number) => {
  const of = ({ sigma = 0, loss, row }: Run, i = 0): number => {
    if (sigma > 0) return (loss / sigma) ** 2;
    const message = `sigma is ${sigma}; expected a standard error of the loss above 0 on every run that is weighed by it`;
    throw new ScalingError("bad-value", message, { row: row ?? i + 1, field: "sigma", value: sigma });
  };
  const mean = runs.reduce((sum, run, i) => sum + of(run, i), 0) / runs.length;
  return (run) => of(run) / mean;
};
