import { ScalingError } from "../errors.js";
import type { Loss, Parameters, Tokens } from "../types.js";
import { inputsOf, logsOf } from "./data.js";
import { type SurfaceForm, unquoted } from "./form.js";
import { type SurfaceFormName, surfaceForms } from "./forms/index.js";

/** A loss surface L(N, D): a form and its internal parameters, natural logarithms, from the origin of the form (N = D = 1). Plain data. */
export interface Surface {
  readonly form: SurfaceFormName;
  readonly theta: readonly number[];
  /** k of C = k·N·D, under which its optimum is sought. Default 6. */
  readonly flopsPerToken?: number;
  /** Amid the runs it was fitted to: where the search for its optimum begins, if it has to be searched for. */
  readonly centre?: ModelAndData;
}

/** @throws RegistryError naming the forms there are */
export const formOfSurface = ({ form }: Pick<Surface, "form">): SurfaceForm => surfaceForms.get(form);

/**
 * A surface from published numbers, for example `surfaceFrom("chinchilla", { E: 1.69, A: 406.4, B: 410.7, alpha: 0.34, beta: 0.28 })`.
 * @throws ScalingError `bad-option` naming the parameter that is missing.
 */
export const surfaceFrom = (form: SurfaceFormName, parameters: Readonly<Record<string, number>>): Surface => {
  const { theta: names } = surfaceForms.get(form);
  const theta = unquoted(surfaceForms.get(form), parameters);
  const bad = theta.findIndex(Number.isNaN);
  if (bad >= 0) {
    const given = Object.keys(parameters).join(", ");
    throw new ScalingError("bad-option", `form "${form}" lacks or cannot use ${names[bad]}; given: ${given}`);
  }
  return { form, theta };
};

/** A size and how many tokens it sees. */
export interface ModelAndData {
  readonly N: Parameters;
  readonly D: Tokens;
  /** What else the surface's form depends on, by name. */
  readonly inputs?: Readonly<Record<string, number>>;
}

/** ln of the loss of a model, writing its gradient in θ. */
export const logSurfaceLoss = (
  surface: Surface,
  model: ModelAndData,
  gradient: Float64Array = new Float64Array(surface.theta.length),
): number => {
  const form = formOfSurface(surface);
  return form.logLoss(surface.theta, ...logsOf(form, model), gradient, inputsOf(form, model));
};

/** The loss at a size and a number of tokens. */
export const surfaceLoss = (surface: Surface, model: ModelAndData): Loss => Math.exp(logSurfaceLoss(surface, model));
