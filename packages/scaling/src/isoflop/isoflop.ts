import { saturatingLaw } from "../laws/saturating.js";
import type { SurfaceFormName } from "../surface/forms/index.js";
import { type Run, refuse } from "../types.js";
import { type IsoFlopOptions, optima, study } from "./budgets.js";
import { correctedLaws } from "./corrected/corrected.js";
import { fitWarnings, withMisfit } from "./fit-warnings.js";
import { noiseAndMisfit } from "./misfit.js";
import type { IsoFlop } from "./record.js";

export interface IsoFlopFitOptions extends IsoFlopOptions {
  /** Form of the surface from which the bias is taken; `false` leaves the correction out. Default `chinchilla`. */
  readonly correction?: SurfaceFormName | false | undefined;
}

/**
 * IsoFLOP analysis of runs. Budgets without an interior, convex minimum are listed in `dropped` and enter no law.
 * Standard errors of `N`, `D` and `loss` come from the scatter of the optima about each law (n − 2 degrees of freedom);
 * `bootstrapIsoFlop` has the alternatives. They do not hold the bias of the parabola: `corrected` has the laws without it, by a surface
 * through the same runs, with errors that hold those of the correction.
 */
export const isoFlop = (runs: readonly Run[], options: IsoFlopFitOptions = {}): IsoFlop => {
  const { correction = "chinchilla" } = options;
  const studied = study(runs, options);
  const { fit } = studied;
  const { noise, misfit } = noiseAndMisfit(studied);
  const { x, y } = optima(fit, "loss");
  const corrected =
    correction === false
      ? refuse("unidentified", "no correction was asked for")
      : correctedLaws(studied, misfit, correction);
  return {
    record: "isoflop",
    ...fit,
    budgets: withMisfit(fit.budgets, noise, misfit, fit.choices),
    noise,
    lossWithFloor: saturatingLaw(x, y),
    misfit,
    corrected,
    warnings: fitWarnings(fit, noise, misfit, corrected),
  };
};
