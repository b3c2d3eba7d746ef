import { fSurvival } from "../../math/distributions.js";
import { type Refusal, refuse } from "../../types.js";
import type { Study } from "../budgets.js";
import { fitParabola } from "../parabola.js";
import type { Model, Sample } from "./model.js";

/** Chance of refusing a surface that is right. */
const REFUSED_AT = 1e-3;

/**
 * Whether a surface leaves more than parabolas do, though they may bend as they like: F of what its fewer parameters cost, in ln L. Where it is
 * right they leave noise and their misfit, and F is no larger than by chance.
 */
export const worseThanParabolas = (
  { interior, choices }: Study,
  { runs, weights }: Sample,
  { variance, theta, degreesOfFreedom }: Model,
): Refusal | undefined => {
  const n = runs.length;
  const free = n - 3 * interior.length;
  const saved = 3 * interior.length - theta.length;
  if (free < 1 || saved < 1) return undefined;
  let parabolas = 0;
  let place = 0;
  for (const { curves } of interior) {
    const { x, y, weights: own } = curves[choices.axis];
    const parabola = fitParabola(x, y, { weights: own });
    if (!parabola) return undefined;
    parabola.residuals.forEach((r, i) => {
      const ratio = choices.scale === "log" ? r : Math.log(y[i]! / Math.max(y[i]! - r, Number.MIN_VALUE));
      parabolas += weights[place + i]! * ratio ** 2;
    });
    place += x.length;
  }
  // A sample of the runs stands for all of them; what rounding leaves is no misfit.
  const ofSurface = variance * degreesOfFreedom * (n / (degreesOfFreedom + theta.length));
  const rounding = n * 1e-24;
  const statistic = Math.max(0, ofSurface - parabolas - rounding) / saved / ((parabolas + rounding) / free);
  if (fSurvival(statistic, saved, free) > REFUSED_AT) return undefined;
  const [a, b] = [ofSurface / (n - theta.length), parabolas / free].map((v) => Math.sqrt(v).toPrecision(3));
  return refuse(
    "unidentified",
    `a surface describes these runs less well than parabolas do: ln ${choices.quantity} is off by ${a} against ${b}`,
  );
};
