import { badOption, throwIfAborted } from "../errors.js";
import type { BootstrapOptions } from "../inference/bootstrap.js";
import { structure } from "../structure/structure.js";
import { surfaceData } from "../surface/data.js";
import { surface } from "../surface/fit.js";
import type { SurfaceFormName } from "../surface/forms/index.js";
import { surfaceForms } from "../surface/forms/index.js";
import { surfaceObjectives } from "../surface/objectives/index.js";
import { formOfSurface } from "../surface/surface.js";
import type { SurfaceFit } from "../surface/surface-fit.js";
import { type Outcome, type Run, refuse } from "../types.js";
import { type Cut, cutsOf } from "./cuts.js";
import { heldOutErrors } from "./held-out.js";
import { type HeldOutErrors, type RollOut, type RollOutAxis, rollOutAxes } from "./record.js";
import { weighed } from "./weigh.js";

export interface RollOutOptions extends Pick<BootstrapOptions, "signal" | "onProgress"> {
  /** Forms side by side. Default {@link rolledOutForms}. */
  readonly forms?: readonly SurfaceFormName[] | undefined;
  /** What is held out. Default the largest compute, sizes and data, each in turn. */
  readonly along?: readonly RollOutAxis[] | undefined;
  /** Weight of a run, for instance 1 / σ². */
  readonly weight?: ((run: Run) => number) | undefined;
  /** k of C = k·N·D, under which optima are sought. Default: measured from the runs' own C. */
  readonly flopsPerToken?: number | undefined;
  /** What the runs' `loss` is, for a reader. */
  readonly quantity?: string | undefined;
}

/** The additive forms with and without a floor, and the two whose exponent of data depends on the size of the model. */
export const rolledOutForms: readonly SurfaceFormName[] = [
  "chinchilla",
  "no-floor",
  "crossed",
  "crossed-floor",
  "farseer",
];

/**
 * Fits every form to the runs by least squares of ln L, rolls each out (fits all but the largest and predicts those), and weighs them by
 * both: what `predictRollOut` mixes.
 * @throws ScalingError `bad-option` for a form or an axis that there is not, `bad-value` naming a row
 */
export const rollOut = (runs: readonly Run[], options: RollOutOptions = {}): Outcome<RollOut> => {
  const steps = rolledOut(runs, options);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
};

/** As {@link rollOut}, returning to the event loop between fits, so that a page stays alive and an abort arrives. */
export const rollOutAsync = async (runs: readonly Run[], options: RollOutOptions = {}): Promise<Outcome<RollOut>> => {
  const steps = rolledOut(runs, options);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
};

/** A form fitted to all runs, with what it said across each cut; undefined where what was kept does not determine it. */
interface RolledOut {
  readonly fit: SurfaceFit;
  readonly errors: readonly (HeldOutErrors | undefined)[];
}

function* rolledOut(runs: readonly Run[], options: RollOutOptions): Generator<undefined, Outcome<RollOut>> {
  const { forms = rolledOutForms, along = rollOutAxes, quantity = "loss", signal, onProgress } = options;
  for (const form of forms)
    if (!surfaceForms.has(form)) throw badOption("forms", `"${form}"`, `names among ${surfaceForms.names.join(", ")}`);
  for (const axis of along)
    if (!rollOutAxes.includes(axis)) throw badOption("along", `"${axis}"`, `some of ${rollOutAxes.join(", ")}`);
  const cuts = cutsOf(runs, along);
  const refused: { form: string; reason: ReturnType<typeof refuse>["reason"]; message: string }[] = [];
  const rolled: RolledOut[] = [];
  const steps = forms.length * (1 + cuts.length);
  let done = 0;
  const step = () => onProgress?.(++done, steps);
  for (const form of forms) {
    throwIfAborted(signal, "the roll-out");
    const { weight, flopsPerToken } = options;
    const fit = surface(runs, { form, objective: "log-squares", weight, flopsPerToken, quantity });
    step();
    yield;
    if (!fit.ok || !usable(fit)) {
      const { reason, message } = fit.ok
        ? { reason: "unidentified" as const, message: fit.message ?? fit.status }
        : fit;
      refused.push({ form, reason, message });
      done += cuts.length;
      continue;
    }
    const across = acrossCuts(fit, runs, weight);
    const errors: (HeldOutErrors | undefined)[] = [];
    for (const cut of cuts) {
      throwIfAborted(signal, "the roll-out");
      errors.push(across(cut));
      step();
      yield;
    }
    rolled.push({ fit, errors });
  }
  if (rolled.length === 0) {
    const [first] = refused;
    return refuse(first?.reason ?? "unidentified", `no form can be fitted: ${first?.form}: ${first?.message}`);
  }
  return { ok: true, ...described(runs, options.weight, quantity, cuts, rolled, refused) };
}

const most = (runs: readonly Run[], axis: RollOutAxis): number =>
  runs.reduce((largest, run) => Math.max(largest, run[axis]), 0);

/** A form of which some parameter cannot be told has no errors that could be mixed. */
const usable = ({ status, covariance }: SurfaceFit): boolean =>
  (status === "converged" || status === "bound") && covariance !== undefined;

const acrossCuts = (fit: SurfaceFit, runs: readonly Run[], weight: ((run: Run) => number) | undefined) => {
  const form = formOfSurface(fit);
  const data = surfaceData(form, runs, weight);
  const measure = { objective: surfaceObjectives.get("log-squares"), width: 0 };
  const theta = form.recentre(fit.theta, data.centreN, data.centreD);
  return (cut: Cut) => heldOutErrors(form, data, measure, theta, cut);
};

/** Structure is called where there is this chance of it by noise. */
const CERTAIN = 0.01;

const described = (
  runs: readonly Run[],
  weight: ((run: Run) => number) | undefined,
  quantity: string,
  cuts: readonly Cut[],
  rolled: readonly RolledOut[],
  refused: RollOut["refused"],
): RollOut => {
  // What the simple forms cannot be fitted to is too little to judge the others by.
  const sums = rolled.filter(({ fit }) => formOfSurface(fit).terms);
  const simple = sums.length > 0 ? sums : rolled;
  const judged = cuts.flatMap((_, k) => (simple.every(({ errors }) => errors[k] !== undefined) ? [k] : []));
  const forms = weighed(rolled.map(({ fit, errors }) => ({ fit, errors: judged.map((k) => errors[k]) })));
  const [best] = [...forms].sort((a, b) => b.weight - a.weight);
  const misfit = best!.misfit.factor > 1;
  const shape = structure(runs, best!.fit, { level: CERTAIN, draws: 299, ...(weight && { weight }) });
  const seen = shape.ok ? shape.warning : undefined;
  return {
    record: "rollout",
    quantity,
    flopsPerToken: best!.fit.flopsPerToken,
    points: runs.length,
    largest: { C: most(runs, "C"), N: most(runs, "N"), D: most(runs, "D") },
    status: judged.length === 0 ? "unidentified" : "converged",
    ...(judged.length === 0
      ? { message: "these runs are too few to hold any out: the forms are weighed by how they fit alone" }
      : misfit
        ? {
            message: `no form foresees the runs that are held out: standard errors are widened ${best!.misfit.factor.toFixed(1)}-fold, as they were missed`,
          }
        : seen !== undefined && { message: `no form holds, ${best!.fit.form} the least badly: ${seen}` }),
    forms,
    refused,
    cuts: judged.map((k) => ({
      along: cuts[k]!.along,
      above: cuts[k]!.above,
      kept: cuts[k]!.kept.length,
      heldOut: cuts[k]!.heldOut.length,
      forms: Object.fromEntries(
        rolled.flatMap(({ fit, errors }) => (errors[k] ? [[fit.form, errors[k]] as const] : [])),
      ),
    })),
  };
};
