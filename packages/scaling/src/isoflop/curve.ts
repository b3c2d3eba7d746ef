import type { Loss, Parameters, Tokens } from "../types.js";
import { akimaSpline, averageRepeats } from "./akima.js";
import { quantityOf } from "./profile.js";
import type { BudgetProfile, IsoFlopChoices } from "./record.js";

/**
 * The curve that was fitted to a budget, against what the choices have on its axis and on the scale of the quantity itself. A parabola
 * or a spline, also where its minimum was refused; undefined where nothing was fitted.
 */
export const profileCurve = (
  { parabola, runs, status }: BudgetProfile,
  { axis, scale, quantity, optimum }: IsoFlopChoices,
): ((size: Parameters | Tokens) => Loss) | undefined => {
  const back = scale === "log" ? Math.exp : (y: number) => y;
  const of = (fitted: (x: number) => number) => (size: number) => back(fitted(Math.log(size)));
  if (parabola) {
    const { x, y, curvature } = parabola[axis];
    return of((at) => y.value + curvature.value * (at - x.value) ** 2);
  }
  if (optimum !== "akima" || status === "too-few-sizes") return undefined;
  const values = runs.map((run) => quantityOf(run, quantity)!);
  const knots = averageRepeats(
    runs.map((run) => Math.log(run[axis])),
    scale === "log" ? values.map(Math.log) : values,
  );
  return of(akimaSpline(knots.x, knots.y).at);
};
