import { type BfgsResult, bfgs, type Differentiable } from "../math/bfgs.js";
import type { SurfaceData } from "./data.js";
import type { Descent, Effort } from "./descent.js";
import type { SurfaceForm } from "./form.js";
import { type Measure, objectiveOf } from "./objective.js";
import { exponentStarts, polishSquares, varpro } from "./varpro.js";

/** How one form is fitted under one objective. */
export const solverFor = (form: SurfaceForm, measure: Measure) => {
  const { terms } = form;
  const projected = measure.objective.name === "squares" && terms;
  return {
    /** Starting points made from the data. */
    starts: (data: SurfaceData): number[][] => (projected ? exponentStarts(terms) : form.starts(data.scale, data)),
    descend(data: SurfaceData, start: readonly number[], effort: Effort): Descent {
      if (projected) return varpro(terms, data, start, effort);
      return descent(form, objectiveOf(form, data, measure), start, effort);
    },
    /** A term that is all but gone is taken away. */
    settle: (data: SurfaceData, found: Descent, effort: Effort): Descent =>
      projected ? found : atBound(form, data, measure, found, effort),
    /** The last digits of a solution. */
    polish: (data: SurfaceData, found: Descent): Descent =>
      measure.objective.name === "squares" ? polishSquares(form, data, measure, found) : found,
  };
};

/** What is at −∞ stays there: the logarithm of a term that there is not. */
const descent = (form: SurfaceForm, objective: Differentiable, start: readonly number[], effort: Effort): Descent => {
  const free = start.flatMap((v, j) => (v === Number.NEGATIVE_INFINITY ? [] : [j]));
  if (free.length === form.theta.length) return ended(start, free, bfgs(objective, start, effort));
  const theta = Float64Array.from(start);
  const whole = new Float64Array(start.length);
  const reduced: Differentiable = (x, gradient) => {
    for (let k = 0; k < free.length; k++) theta[free[k]!] = x[k]!;
    const value = objective(theta, whole);
    for (let k = 0; k < free.length; k++) gradient[k] = whole[free[k]!]!;
    return value;
  };
  const found = bfgs(
    reduced,
    free.map((j) => start[j]!),
    effort,
  );
  return ended(start, free, found);
};

const ended = (start: readonly number[], free: readonly number[], found: BfgsResult): Descent => {
  const theta = [...start];
  for (const [k, j] of free.entries()) theta[j] = found.x[k]!;
  const { value, gradientNorm, converged } = found;
  return { theta, value, gradientNorm, converged };
};

/** Of one part in this many a bound is no worse than what lies beside it. */
const NO_WORSE = 1e-7;

/**
 * A descent in the logarithm of a term never arrives where the term is 0, and is called unconverged on the way. There is a side without
 * the term: where the rest, carried to the end, is as good, that is the optimum.
 */
const atBound = (form: SurfaceForm, data: SurfaceData, measure: Measure, found: Descent, effort: Effort): Descent => {
  const name = form.atBound(found.theta, data.scale);
  const of = form.parameters.find((parameter) => parameter.name === name)?.exponentialOf;
  if (of === undefined) return found;
  const without = found.theta.with(form.theta.indexOf(of), Number.NEGATIVE_INFINITY);
  const settled = descent(form, objectiveOf(form, data, measure), without, effort);
  return settled.value <= found.value * (1 + NO_WORSE) ? settled : found;
};
