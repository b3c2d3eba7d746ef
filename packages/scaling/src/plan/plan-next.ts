import { badOption } from "../errors.js";
import type { Matrix } from "../math/linear.js";
import type { NextRun, Plan } from "../records/answers.js";
import { predictSurface } from "../surface/predict.js";
import { logSurfaceLoss } from "../surface/surface.js";
import type { SurfaceFit } from "../surface/surface-fit.js";
import { type Interval, type Outcome, refuse } from "../types.js";
import type { Basin } from "./basins.js";
import { Belief, type BeliefOptions, type Candidate, totalOf } from "./belief.js";
import { candidatesIn, whyNone } from "./candidates.js";
import { afterRuns, chooseRuns, costOf } from "./design.js";
import { evenGrid } from "./even-grid.js";
import { checkLimits, type PlanLimits } from "./limits.js";
import type { Field, Place } from "./places.js";
import { type MeasuredCost, type Priced, secondsOf } from "./seconds.js";
import { heaviest, intervalAbout, partsOf } from "./standing.js";

export interface PlanOptions extends PlanLimits {
  /** Which extrapolation should become certain: the optimal loss, size or tokens at a compute. */
  readonly target: Plan["target"];
  /** What to spend, in all: FLOPs, or the unit of `cost`. */
  readonly allowance: number;
  /** What a run costs: its compute, its seconds by `times`, or a function of your own. Default "FLOPs". */
  readonly cost?: "FLOPs" | "seconds" | ((run: Priced) => number) | undefined;
  /** What runs have taken so far, from {@link measuredCost}: every planned run then says what it should take. */
  readonly times?: MeasuredCost | undefined;
  /** Counted with seeds. Default 24. */
  readonly maximumRuns?: number | undefined;
  /** How often a model is trained, with different seeds: at least and at most. Default 1 and as often as it pays. */
  readonly seeds?: readonly [least: number, most: number] | undefined;
  /** Standard deviation of ln L of one run. Default: the residuals of the fit. */
  readonly noise?: number | undefined;
  /** Covariance of θ to plan with, for instance that of the bootstrap. Default: the fit's own, by the delta method. */
  readonly covariance?: Matrix | undefined;
}

const QUANTITIES: readonly Plan["target"]["quantity"][] = ["loss", "N", "D"];

/** Worlds of each basin in which designs are compared, and others in which the chosen one is judged. */
const DESIGN = { worlds: 32, seed: 1 };
const JUDGEMENT = { worlds: 1024, seed: 2 };

/**
 * Which next runs shrink the interval of an extrapolation most. With one fit, c-optimal design on the linearised surface, which trusts its form.
 * With the {@link basins} of the runs, design against their mixture (arXiv 2604.22753): runs are worth what they take from the error
 * within each surface and from the disagreement between them.
 * @returns refused `unidentified` without a covariance or an optimum, `unreachable` where no run keeps all limits, naming the limit
 * @throws ScalingError `bad-option` naming the option
 */
export const planNext = (from: SurfaceFit | readonly Basin[], options: PlanOptions): Outcome<Plan> => {
  const { target, allowance, maximumRuns = 24, seeds = [1, Number.POSITIVE_INFINITY] } = options;
  const several = Array.isArray(from);
  const given: readonly Basin[] = several ? from : [{ fit: from as SurfaceFit, weight: 1 }];
  check(options, given, several);
  const fit = heaviest(given);
  const parts = partsOf(given, target, options.covariance);
  if (!parts.ok) return parts;
  const best = predictSurface(fit, { C: target.C });
  if (!best.ok) return best;
  const noise = (options.noise ?? fit.residualStandardDeviation) ** 2;
  if (!(noise > 0)) throw badOption("noise", Math.sqrt(noise), "a positive standard deviation of ln L");

  const pricing = pricingOf(options);
  const field: Field = { surface: fit, limits: options, costOf: pricing.of, allowance };
  const places = candidatesIn(field, seeds[0]);
  if (places.length === 0) return refuse("unreachable", whyNone(field, seeds[0]));
  const candidates = places.map(seenBy(parts.surfaces, seeds[0]));
  const even = evenGrid(field, maximumRuns, seeds).map(seenBy(parts.surfaces, seeds[0]));
  const cheapest = Math.min(...candidates.map(({ cost }) => cost));
  const slots = Math.max(even.length, Math.min(maximumRuns, Math.ceil(allowance / cheapest))) + 1;
  const believed: Omit<BeliefOptions, "worlds" | "seed"> = { components: parts.components, noise, slots };
  const allowed = { allowance, maximumRuns, mostSeeds: seeds[1] };
  const planned = chooseRuns(candidates, Belief.of({ ...believed, ...DESIGN }), allowed);
  const judged = Belief.of({ ...believed, ...JUDGEMENT });
  const [now, then, evenly] = [[], planned, even].map((runs) => afterRuns(judged, runs)) as [Belief, Belief, Belief];
  const intervalAfter = ({ spread }: Belief, runs: readonly Candidate[]): Interval =>
    intervalAbout(parts.components, totalOf(spread), fit.degreesOfFreedom + trained(runs));
  return {
    ok: true,
    record: "plan",
    target,
    optimum: { C: target.C, ...best.predicted },
    allowance,
    cost: costOf(planned),
    pricing: pricing.record,
    surface: fit,
    basins: parts.surfaces.map(({ form, theta, flopsPerToken, centre }, k) => {
      const { weight, value } = parts.components[k]!;
      const [error, after] = [now, then].map((belief) => belief.errorWithin(k)) as [number, number];
      return {
        form,
        theta,
        flopsPerToken,
        ...(centre && { centre }),
        weight,
        value: Math.exp(value),
        standardError: { now: error, planned: after },
      };
    }),
    runs: counted(planned, options.times),
    standardError: { now: totalOf(now.spread), planned: totalOf(then.spread), evenGrid: totalOf(evenly.spread) },
    spread: { now: now.spread, planned: then.spread, evenGrid: evenly.spread },
    interval: {
      now: intervalAfter(now, []),
      planned: intervalAfter(then, planned),
      evenGrid: intervalAfter(evenly, even),
    },
    evenGrid: counted(even, options.times),
    evenGridCost: costOf(even),
  };
};

const check = (options: PlanOptions, basins: readonly Basin[], several: boolean): void => {
  const { target, allowance, maximumRuns = 24, seeds = [1, Number.POSITIVE_INFINITY], runCompute, cost } = options;
  if (!(allowance > 0 && Number.isFinite(allowance)))
    throw badOption(
      "allowance",
      allowance,
      typeof cost === "function" ? "a positive number" : `a positive number of ${cost ?? "FLOPs"}`,
    );
  if (!(Number.isInteger(maximumRuns) && maximumRuns > 0))
    throw badOption("maximumRuns", maximumRuns, "a positive whole number");
  if (!QUANTITIES.includes(target.quantity))
    throw badOption("target.quantity", `"${target.quantity}"`, QUANTITIES.join(", "));
  const [least, most] = seeds;
  const whole = (value: number) => Number.isInteger(value) || value === Number.POSITIVE_INFINITY;
  if (!(Number.isInteger(least) && least > 0 && whole(most) && most >= least))
    throw badOption("seeds", `${least} … ${most}`, "two whole numbers, the smaller first");
  if (least > maximumRuns) throw badOption("seeds", `${least} … ${most}`, `at most maximumRuns, ${maximumRuns}`);
  const inFlops = cost === undefined || cost === "FLOPs";
  if (runCompute && !(runCompute[0] > 0 && runCompute[1] >= runCompute[0] && (!inFlops || runCompute[0] <= allowance)))
    throw badOption(
      "runCompute",
      `${runCompute[0]} … ${runCompute[1]}`,
      "an ascending range that begins within the allowance",
    );
  if (cost === "seconds" && !options.times)
    throw badOption("cost", '"seconds"', "times beside it, from measuredCost: how long runs take is not known");
  if (basins.length === 0) throw badOption("basins", "empty", "at least one");
  if (several && options.covariance) throw badOption("covariance", "given", "none where there are several basins");
  checkLimits(options);
};

type DesignRun = Candidate & Place;

/** The run as every surface sees it. */
const seenBy =
  (surfaces: readonly SurfaceFit[], seeds: number) =>
  (place: Place): DesignRun => ({
    ...place,
    seeds,
    cost: place.cost * seeds,
    seen: surfaces.map((surface) => {
      const gradient = new Float64Array(surface.theta.length);
      const value = logSurfaceLoss(surface, place, gradient);
      return { value, gradient: Array.from(gradient) };
    }),
  });

const trained = (runs: readonly Candidate[]): number => runs.reduce((sum, { seeds }) => sum + seeds, 0);

/** What a run costs, and how that is said. */
const pricingOf = ({ cost = "FLOPs", times }: PlanOptions) => {
  if (typeof cost === "function") {
    const of = (run: Priced): number => {
      const value = cost(run);
      if (!(value > 0 && Number.isFinite(value))) throw badOption("cost", value, "a positive number for every run");
      return value;
    };
    return { of, record: { unit: "own" as const } };
  }
  if (cost === "seconds")
    return { of: (run: Priced) => secondsOf(times!, run), record: { unit: "seconds" as const, times: times! } };
  return { of: ({ C }: Priced) => C, record: { unit: "FLOPs" as const, ...(times && { times }) } };
};

const counted = (runs: readonly DesignRun[], times: MeasuredCost | undefined): NextRun[] => {
  const out: NextRun[] = [];
  for (const run of [...runs].sort((a, b) => a.C - b.C || a.N - b.N)) {
    const { C, N, D, steps, seeds, cost } = run;
    const last = out.at(-1);
    if (last?.C === C && last.N === N) out[out.length - 1] = { ...last, count: last.count + seeds };
    else
      out.push({
        ...{ C, N, D, count: seeds, cost: cost / seeds },
        ...(steps !== undefined && { steps }),
        ...(times && { seconds: secondsOf(times, run) }),
      });
  }
  return out;
};
