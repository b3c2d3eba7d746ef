import { badOption } from "../errors.js";
import { rowLoss } from "../surface/data.js";
import type { Descent } from "../surface/descent.js";
import { describe } from "../surface/describe.js";
import type { SurfaceForm } from "../surface/form.js";
import { type SurfaceFormName, surfaceForms } from "../surface/forms/index.js";
import { type Problem, pose, type SurfaceOptions } from "../surface/search.js";
import type { SurfaceFit } from "../surface/surface-fit.js";
import { finish, runSurfaceTask } from "../surface/task.js";
import { type Outcome, type Run, refuse } from "../types.js";

/** One surface that the runs allow, and how much they speak for it. */
export interface Basin {
  readonly fit: SurfaceFit;
  /** Its share; those of all basins add up to one. */
  readonly weight: number;
}

export interface BasinOptions extends Omit<SurfaceOptions, "form" | "biasAt"> {
  /** Forms that may be right. Default {@link planForms}. */
  readonly forms?: readonly SurfaceFormName[] | undefined;
  /** Optima whose ln likelihood, less half of what the criterion takes for parameters, is so far below the best are left out. Default 8. */
  readonly within?: number | undefined;
  /** T of the weights: above 1 they trust the likelihood less, as one does where every form is only nearly right. Default 1. */
  readonly temperature?: number | undefined;
}

/** The forms that plans are made against unless others are named: with a floor, without one, and one in which the two terms do not add. */
export const planForms: readonly SurfaceFormName[] = ["chinchilla", "no-floor", "kaplan"];

/** A form or an optimum that takes no part, and why. */
export interface LeftOut {
  readonly form: SurfaceFormName;
  readonly message: string;
}

/** Descents of a form that are carried to the end. */
const FINISHED = 8;
const WITHIN = 8;

/**
 * The surfaces that these runs allow: every form's local optima near the best, each with weight ∝ exp(−BIC / 2T) (arXiv 2604.22753, appendix
 * C.3, option 1, in which the mean square is that of ln L here). Optima of a form that say the same of all runs are one. A form whose
 * parameter has gone to its bound is left out: without that parameter it is another form.
 * @returns the heaviest first; refused where no form has an optimum with a covariance
 * @throws ScalingError `bad-option` or `bad-value`, naming the option or the row
 */
export const basins = (
  runs: readonly Run[],
  options: BasinOptions = {},
): Outcome<{ readonly basins: readonly Basin[]; readonly leftOut: readonly LeftOut[] }> => {
  const { forms = planForms, within = WITHIN, temperature = 1, ...rest } = options;
  if (forms.length === 0) throw badOption("forms", "empty", "at least one form");
  if (!(within > 0)) throw badOption("within", within, "a positive difference of ln likelihood");
  if (!(temperature > 0)) throw badOption("temperature", temperature, "a positive number");
  const leftOut: LeftOut[] = [];
  const found: SurfaceFit[] = [];
  for (const form of new Set(forms)) {
    const input = surfaceForms.has(form) && needed(surfaceForms.get(form));
    if (input) {
      leftOut.push({ form, message: `it depends on ${input}, of which a plan says nothing` });
      continue;
    }
    const posed = pose(runs, { objective: "log-squares", ...rest, form });
    if (!posed.ok) {
      leftOut.push({ form, message: posed.message });
      continue;
    }
    for (const fit of optimaOf(posed.problem, within)) {
      const message = unusable(fit);
      if (message === undefined) found.push(fit);
      else leftOut.push({ form, message });
    }
  }
  const evidence = (fit: SurfaceFit) => -fit.criteria.bic / 2;
  const best = Math.max(...found.map(evidence));
  if (!Number.isFinite(best))
    return refuse("unidentified", leftOut.map(({ form, message }) => `${form}: ${message}`).join("; "));
  const near = found.filter((fit) => best - evidence(fit) < within);
  const shares = near.map((fit) => Math.exp((evidence(fit) - best) / temperature));
  const sum = shares.reduce((s, v) => s + v, 0);
  return {
    ok: true,
    basins: near.map((fit, i): Basin => ({ fit, weight: shares[i]! / sum })).sort((a, b) => b.weight - a.weight),
    leftOut,
  };
};

/** What the loss of a form depends on beside N and D, and has no usual value. */
const needed = ({ inputs = [] }: SurfaceForm): string | undefined =>
  inputs.find(({ fallback }) => fallback === undefined)?.meaning;

/** Beside what has a covariance and an honest optimum nothing can be planned with; a floor of a large error can. */
const unusable = ({ status, message, covariance, criteria }: SurfaceFit): string | undefined => {
  if (status === "bound" || status === "stopped-early") return message ?? status;
  if (!covariance) return message ?? "its errors are not known";
  return Number.isFinite(criteria.bic) ? undefined : "it goes through every run: nothing is known of the noise";
};

/** Every distinct local optimum of one form near its best, the best first. */
const optimaOf = (problem: Problem, within: number): SurfaceFit[] => {
  const { form, measure, data } = problem;
  const screened = problem.tasks
    .flatMap(runSurfaceTask)
    .filter(({ value }) => Number.isFinite(value))
    .sort((a, b) => a.value - b.value);
  const [best] = screened;
  if (!best) return [];
  const scale = residual(problem, lossesOf(problem, best));
  const finished = valleysOf(problem, screened, scale)
    .slice(0, FINISHED)
    .map(({ theta }) =>
      finish({ form: form.name, objective: measure.objective.name, width: measure.width, data }, theta),
    )
    .sort((a, b) => a.value - b.value);
  // Carried to the end, two may have met.
  const valleys = valleysOf(problem, finished, scale);
  const reached = valleysOf(problem, [...valleys, ...screened], scale);
  const optima = valleys.map((descent, i) =>
    describe(problem, { ...descent, starts: { tried: screened.length, reachedBest: reached[i]!.members - 1 } }),
  );
  const highest = Math.max(...optima.map(({ criteria }) => criteria.logLikelihood));
  return optima.filter(({ criteria }) => !(highest - criteria.logLikelihood >= within));
};

/** The first of the descents that say the same of every run, and how many there are. */
interface Valley extends Descent {
  readonly members: number;
}

/** Descents whose losses of the runs differ by less than this share of the residuals cannot be told apart. */
const ALIKE = 0.05;

const valleysOf = (problem: Problem, descents: readonly Descent[], scale: number): Valley[] => {
  const valleys: { readonly first: Descent; readonly losses: Float64Array; members: number }[] = [];
  for (const first of descents) {
    const losses = lossesOf(problem, first);
    const same = valleys.find((valley) => distance(valley.losses, losses) <= ALIKE * scale);
    if (same) same.members++;
    else valleys.push({ first, losses, members: 1 });
  }
  return valleys.map(({ first, members }) => ({ ...first, members }));
};

/** ln L of the runs on which starts are compared. */
const lossesOf = ({ form, sample }: Problem, { theta }: Descent): Float64Array => {
  const gradient = new Float64Array(theta.length);
  const at = rowLoss(form, sample);
  return sample.lnL.map((_, i) => at(theta, i, gradient));
};

/** Root mean square. */
const distance = (a: Float64Array, b: Float64Array): number =>
  Math.sqrt(a.reduce((sum, v, i) => sum + (v - b[i]!) ** 2, 0) / a.length);

/** What double precision leaves of ln L is no difference. */
const ROUNDING = 1e-9;

const residual = ({ sample }: Problem, losses: Float64Array): number =>
  Math.max(ROUNDING, distance(losses, sample.lnL));
