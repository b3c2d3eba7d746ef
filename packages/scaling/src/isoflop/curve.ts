import type { Loss, Parameters, Tokens } from "../types.js";
import { budgetCurves } from "./curves.js";
import { optimumMethods } from "./methods/index.js";
import type { BudgetProfile, IsoFlopChoices } from "./record.js";

/**
 * The curve that was fitted to a budget, against what the choices have on its axis and on the scale of the quantity itself, also where
 * its minimum was refused; undefined where nothing was fitted.
 */
export const profileCurve = (
  { parabola, fitted, runs, status }: BudgetProfile,
  choices: IsoFlopChoices,
): ((size: Parameters | Tokens) => Loss) | undefined => {
  const { axis, scale, huberDelta } = choices;
  const back = scale === "log" ? Math.exp : (y: number) => y;
  const of = (curve: (x: number) => number) => (size: number) => back(curve(Math.log(size)));
  const method = optimumMethods.get(choices.optimum);
  if (!method.value) {
    if (!parabola) return undefined;
    const { x, y, curvature } = parabola[axis];
    return of((at) => y.value + curvature.value * (at - x.value) ** 2);
  }
  if (status === "too-few-sizes") return undefined;
  const again = () =>
    method.find(budgetCurves(runs, { weights: "alike", ...choices })[axis], { scale, axis, huberDelta });
  const numbers = fitted?.[axis] ?? again().fitted;
  const { value } = method;
  return numbers && of((at) => value(numbers, at));
};
