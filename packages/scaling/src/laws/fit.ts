import { read, record } from "@isoflop/spec";
import { ScalingError, sameLength } from "../errors.js";
import type { FitPrediction } from "../prediction.js";
import type { Interval, Outcome } from "../types.js";
import type { Law, LawFit, LawForm, LawStatus } from "./form.js";
import { fittedForms, lawForms } from "./forms.js";
import type { PointErrors } from "./point-errors.js";

/** The form of a law. @throws RegistryError naming the forms there are */
export const formOfLaw = ({ kind }: Pick<Law, "kind">): LawForm => lawForms.get(kind);

/** What a status means, where its form has no words of its own. */
const caveats: Readonly<Partial<Record<LawStatus, string>>> = {
  bound: "a parameter is at its bound",
  unidentified: "these points cannot tell the parameters apart",
  "stopped-early": "the search stopped before it converged",
  "too-few-points": "as many points as parameters say nothing of the law's error",
};

/**
 * Fits a law of a form to points.
 * @param form its name: `power`, `saturating`, `broken`, or another of `fittedForms`
 * @param options of the form; and of any form that is `weighted`, {@link PointErrors}
 * @throws ScalingError `bad-option` for a form or an option that there is not, or errors that it does not take, `bad-value` for a value that has no logarithm
 */
export const fitLaw = (
  form: string,
  x: readonly number[],
  y: readonly number[],
  options: PointErrors & Readonly<Record<string, unknown>> = {},
): Outcome<LawFit> => {
  const error = (message: string) => new ScalingError("bad-option", message);
  if (!fittedForms.names.includes(form))
    throw error(`form is "${form}"; expected one of ${fittedForms.names.join(", ")}`);
  sameLength(x, "values of x", y, "of y");
  const found = lawForms.get(form);
  const { sigma, weights, ...own } = options;
  const errors = { ...(sigma && { sigma }), ...(weights && { weights }) };
  if ((sigma || weights) && !found.weighted) throw error(`the form "${form}" takes no errors of points`);
  const asked = read(record(found.options), own, { name: "options", error });
  const outcome = found.fit(x, y, { ...asked, ...errors } as never);
  if (!outcome.ok) return outcome;
  const { ok, ...law } = outcome;
  const { status } = law;
  const message = status === "converged" ? undefined : (found.caveats?.[status] ?? caveats[status]);
  return {
    ok,
    record: "law",
    law,
    data: { x, y, ...errors },
    status,
    ...(message !== undefined && { message }),
    objective: found.objective(law),
  };
};

/** The law at x: where it lies, and where a new measurement falls, at 95 %; each where its form knows it. */
export const predictLaw = ({ law, data }: Pick<LawFit, "law" | "data">, x: number): FitPrediction<"x", "y"> => ({
  record: "prediction",
  given: { x },
  predicted: { y: formOfLaw(law).predict(law, x, data) },
  notes: {},
});

/** A point of a law, with the 95 % band where it has an honest one. */
export interface LawPoint {
  readonly x: number;
  readonly y: number;
  readonly ci95?: Interval;
}

/** A law at these x: what is drawn, and what is printed. */
export const lawCurve = (law: Law, xs: readonly number[]): LawPoint[] => {
  const form = formOfLaw(law);
  return xs.map((x) => {
    const ci95 = form.band(law, x);
    return { x, y: form.value(law, x), ...(ci95 && { ci95 }) };
  });
};

/** Standard deviation of ln y about a law, whichever scale it was fitted on; NaN without degrees of freedom. */
export const residualSpread = ({ law, data }: LawFit): number => {
  const form = formOfLaw(law);
  const squares = data.x.reduce((sum, x, i) => sum + Math.log(data.y[i]! / form.value(law, x)) ** 2, 0);
  return law.degreesOfFreedom > 0 ? Math.sqrt(squares / law.degreesOfFreedom) : Number.NaN;
};
