import { badOption, throwIfAborted } from "../errors.js";
import type { BootstrapOptions } from "../inference/bootstrap.js";
import { replicateNoise } from "../inference/replicate-noise.js";
import { groupByBudget } from "../isoflop/group.js";
import { checkFloor } from "../joint/fit.js";
import { type Foresight, rehearsed, stagesOf } from "../rehearsal/rehearse.js";
import { structure } from "../structure/structure.js";
import { surfaceData } from "../surface/data.js";
import { surface } from "../surface/fit.js";
import { type FlooredSurface, floored } from "../surface/floors/floored.js";
import { floorAt } from "../surface/floors/given-floor.js";
import type { MeasuredFloor } from "../surface/floors/weighed.js";
import type { SurfaceFormName } from "../surface/forms/index.js";
import { surfaceForms } from "../surface/forms/index.js";
import { surfaceObjectives } from "../surface/objectives/index.js";
import { mostOf } from "../surface/span.js";
import { formOfSurface } from "../surface/surface.js";
import type { SurfaceFit } from "../surface/surface-fit.js";
import { type Outcome, type Refusal, type Run, refuse } from "../types.js";
import { type Cut, cutsOf } from "./cuts.js";
import { heldOutErrors } from "./held-out.js";
import { predictRollOut } from "./predict.js";
import { type HeldOutErrors, type RollOut, type RollOutAxis, rollOutAxes } from "./record.js";
import { isSimple, weighed } from "./weigh.js";

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
  /** A measured lower bound of the loss: no floor is sought below it, and forms without one take no part. */
  readonly floor?: MeasuredFloor | undefined;
  /** Also what the mixture would have said of each larger budget from the smaller ones. Default true. */
  readonly rehearse?: boolean | undefined;
}

/**
 * The additive forms with and without a floor, every isoFLOP curve at once, and the forms whose exponent of data depends on the size of the
 * model; of these `farseer` only with 150 runs or more, unless it is named.
 */
export const rolledOutForms: readonly SurfaceFormName[] = [
  "joint",
  "corrected",
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

/** With fewer the nine parameters of `farseer` follow noise: half of its fits end nowhere, and none does better than the others. */
const FARSEER_RUNS = 150;

/** A form fitted to all runs, with what it said across each cut; undefined where what was kept does not determine it. */
interface RolledOut {
  readonly fit: SurfaceFit;
  /** Its floor integrated out, where it has one. */
  readonly floored: FlooredSurface | undefined;
  readonly errors: readonly (HeldOutErrors | undefined)[];
}

function* rolledOut(runs: readonly Run[], options: RollOutOptions): Generator<undefined, Outcome<RollOut>> {
  const { along = rollOutAxes, floor, rehearse = true, signal, onProgress } = options;
  const forms = options.forms ?? rolledOutForms;
  for (const form of forms)
    if (!surfaceForms.has(form)) throw badOption("forms", `"${form}"`, `names among ${surfaceForms.names.join(", ")}`);
  for (const axis of along)
    if (!rollOutAxes.includes(axis)) throw badOption("along", `"${axis}"`, `some of ${rollOutAxes.join(", ")}`);
  checkFloor(floor, runs);
  const cuts = cutsOf(runs, along);
  const stages = rehearse && runs.length > 0 ? stagesOf(groupByBudget(runs)).length : 0;
  const steps = forms.length * (1 + cuts.length) + stages;
  let done = 0;
  const onStep = (count = 1) => {
    throwIfAborted(signal, "the roll-out");
    done += count;
    if (count > 0) onProgress?.(done, steps);
  };
  throwIfAborted(signal, "the roll-out");
  const whole = yield* mixed(runs, options, forms, cuts, onStep);
  if (!whole.ok || stages === 0) return whole;
  const again = whole.forms.filter(({ fit, weight }) => weight > 0 || isSimple(formOfSurface(fit)));
  const { flopsPerToken } = whole;
  const smaller = { ...options, forms: again.map(({ fit }) => fit.form), flopsPerToken, rehearse: false };
  const foresight: Foresight = (some) => {
    onStep();
    const fit = rollOut(some, { ...smaller, onProgress: undefined });
    if (!fit.ok) return undefined;
    return ({ N, D }) => {
      const answer = predictRollOut(fit, { N, D });
      return answer.ok ? answer.predicted.loss : undefined;
    };
  };
  return { ...whole, rehearsals: yield* rehearsed(runs, foresight) };
}

/** The forms fitted, rolled out and weighed. */
function* mixed(
  runs: readonly Run[],
  options: RollOutOptions,
  forms: readonly SurfaceFormName[],
  cuts: readonly Cut[],
  onStep: (count?: number) => void,
): Generator<undefined, Outcome<RollOut>> {
  const { weight, flopsPerToken, floor, quantity = "loss" } = options;
  const noise = weight || runs.length === 0 ? undefined : replicateNoise(runs);
  const refused: { form: string; reason: ReturnType<typeof refuse>["reason"]; message: string }[] = [];
  const rolled: RolledOut[] = [];
  for (const form of forms) {
    const left = leftOut(form, runs, options);
    if (left) {
      refused.push({ form, reason: left.reason, message: left.message });
      onStep(1 + cuts.length);
      continue;
    }
    const fit = surface(runs, { form, objective: "log-squares", weight, flopsPerToken, quantity });
    // A plain fit knows neither a known floor nor a prior, and may have gone anywhere.
    const near = fit.ok && !surfaceForms.get(form).floorKnown ? fit.theta : undefined;
    const over = fit.ok ? floored(surfaceForms.get(form), runs, { weight, measured: floor, noise, near }) : fit;
    onStep();
    yield;
    if (!fit.ok || !(over.ok || usable(fit))) {
      const { reason, message } = fit.ok
        ? { reason: "unidentified" as const, message: fit.message ?? fit.status }
        : fit;
      refused.push({ form, reason, message });
      if (cuts.length > 0) onStep(cuts.length);
      continue;
    }
    const across = acrossCuts(fit, runs, weight, over.ok ? { floor, nodes: over.nodes } : undefined);
    const errors: (HeldOutErrors | undefined)[] = [];
    for (const cut of cuts) {
      errors.push(across(cut));
      onStep();
      yield;
    }
    rolled.push({ fit, floored: over.ok ? over : undefined, errors });
  }
  if (rolled.length === 0) {
    const [first] = refused;
    return refuse(first?.reason ?? "unidentified", `no form can be fitted: ${first?.form}: ${first?.message}`);
  }
  const record = described(runs, weight, quantity, cuts, rolled, refused);
  return { ok: true, ...record, ...(floor && { floor }), ...(noise && { noise }) };
}

/** Why a form is not tried. */
const leftOut = (
  name: SurfaceFormName,
  runs: readonly Run[],
  { forms, floor }: RollOutOptions,
): Refusal | undefined => {
  if (floor && floor.value > 0 && floorAt(surfaceForms.get(name)) < 0)
    return refuse("unidentified", `it has no floor, and one of at least ${floor.value} was measured`);
  if (!forms && surfaceForms.get(name).floorKnown && !floor)
    return refuse("unidentified", "its floor must be known, and none was measured");
  if (!forms && name === "farseer" && runs.length < FARSEER_RUNS)
    return refuse(
      "too-few-points",
      `${runs.length} runs; its nine parameters follow noise with fewer than ${FARSEER_RUNS}`,
    );
  return undefined;
};

/** A form of which some parameter cannot be told has no errors that could be mixed. */
const usable = ({ status, covariance }: SurfaceFit): boolean =>
  (status === "converged" || status === "bound") && covariance !== undefined;

const acrossCuts = (
  fit: SurfaceFit,
  runs: readonly Run[],
  weight: ((run: Run) => number) | undefined,
  over: { readonly floor: MeasuredFloor | undefined; readonly nodes: FlooredSurface["nodes"] } | undefined,
) => {
  const form = formOfSurface(fit);
  const data = surfaceData(form, runs, weight);
  const measure = { objective: surfaceObjectives.get("log-squares"), width: 0 };
  const from = form.floorKnown && over ? over.nodes[0]!.theta : fit.theta;
  const theta = form.recentre(from, data.centreN, data.centreD);
  return (cut: Cut) => heldOutErrors(form, data, measure, theta, cut, over);
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
  const forms = weighed(rolled.map((one) => ({ ...one, errors: judged.map((k) => one.errors[k]) })));
  const [best] = [...forms].sort((a, b) => b.weight - a.weight);
  const misfit = best!.misfit.factor > 1;
  const shape = structure(runs, best!.fit, { level: CERTAIN, draws: 299, ...(weight && { weight }) });
  const seen = shape.ok ? shape.warning : undefined;
  return {
    record: "rollout",
    quantity,
    flopsPerToken: best!.fit.flopsPerToken,
    points: runs.length,
    largest: { C: mostOf(runs, "C"), N: mostOf(runs, "N"), D: mostOf(runs, "D") },
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
