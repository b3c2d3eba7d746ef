import { badOption } from "../errors.js";
import { criteria } from "../inference/criteria.js";
import { estimate, exponentiate } from "../inference/estimate.js";
import { type BfgsResult, bfgs, type Differentiable } from "../math/bfgs.js";
import { fSurvival } from "../math/distributions.js";
import { embedded, invertPositive, type Matrix, scaled, zeros } from "../math/linear.js";
import { type Estimate, type Outcome, type Run, refuse } from "../types.js";
import { rowLoss, type SurfaceData } from "./data.js";
import { describe } from "./describe.js";

import type { SurfaceForm } from "./form.js";
import { objectiveOf } from "./objective.js";
import { type Problem, pose, type Solution, type SurfaceOptions } from "./search.js";
import type { SharedFit } from "./shared-fit.js";
import { solved } from "./solve.js";
import type { SurfaceFit } from "./surface-fit.js";

/** Runs that have a surface of their own, but for what all studies share. */
export interface Study {
  readonly name: string;
  readonly runs: readonly Run[];
}

export interface SharedOptions extends Pick<SurfaceOptions, "form" | "flopsPerToken" | "quantity"> {
  /** Parameters that all studies have in common. Default: every exponent of the form. */
  readonly share?: readonly string[] | undefined;
}

/**
 * Surfaces of several studies with one set of exponents, and the rest of the parameters each its own: maximum likelihood where the errors
 * of ln L are normal with a variance for each study, which is taken from the study alone. Studies with few runs borrow exponents from the
 * others. Whether they may is tested by the squares that sharing adds (F; as of a comparison of regressions, Chow 1960,
 * doi:10.2307/1910133, with unequal variances, for which its distribution is approximate).
 * @throws ScalingError `bad-option` for a parameter that cannot be shared, or for fewer than two studies
 */
export const sharedSurface = (studies: readonly Study[], options: SharedOptions = {}): Outcome<SharedFit> => {
  const { share, ...others } = options;
  if (studies.length < 2) throw badOption("studies", studies.length, "two or more, each with a name of its own");
  const members: Member[] = [];
  for (const { name, runs } of studies) {
    const posed = pose(runs, { ...others, objective: "log-squares" });
    const found = posed.ok ? solved(posed.problem) : posed;
    if (!posed.ok || !found.ok) return refuse((found as Refused).reason, `${name}: ${(found as Refused).message}`);
    members.push(memberOf(name, posed.problem, found));
  }
  const { form } = members[0]!.problem;
  const shared = sharedOf(form, share);
  const layout = { form, shared, own: form.theta.flatMap((_, j) => (shared.includes(j) ? [] : [j])) };
  return { ok: true, ...concluded(layout, members, bestOf(layout, members)) };
};

type Refused = Extract<Outcome<object>, { ok: false }>;

/** A study alone. */
interface Member {
  readonly name: string;
  readonly problem: Problem;
  readonly alone: SurfaceFit;
  /** Of ln L, from the study alone. */
  readonly variance: number;
  /** On the axes of its data. */
  readonly theta: readonly number[];
  /** Its data with the inverse of its variance as weight. */
  readonly data: SurfaceData;
}

/** A fit without noise has a variance too. */
const LEAST_VARIANCE = 1e-24;

const memberOf = (name: string, problem: Problem, solution: Solution): Member => {
  const alone = describe(problem, solution);
  const variance = Math.max(alone.sumOfSquares / alone.degreesOfFreedom, LEAST_VARIANCE);
  const { data } = problem;
  return {
    name,
    problem,
    alone,
    variance,
    theta: solution.theta,
    data: { ...data, weight: data.weight.map((w) => w / variance) },
  };
};

/** Which θ are shared, and which each study has for itself. */
interface Layout {
  readonly form: SurfaceForm;
  readonly shared: readonly number[];
  readonly own: readonly number[];
}

/** Places in θ of what is shared. It must mean the same whatever the units: the studies have axes of their own. */
const sharedOf = (form: SurfaceForm, asked?: readonly string[]): number[] => {
  const of = ({ exponent, exponentialOf }: SurfaceForm["parameters"][number]) => exponent ?? exponentialOf;
  const before = form.theta.map((_, j) => 0.3 + 0.1 * j);
  const after = form.recentre(before, 1.3, -0.7);
  const still = form.parameters.filter((parameter) => {
    const j = form.theta.indexOf(of(parameter) ?? "");
    return j >= 0 && before[j] === after[j];
  });
  const can = still.map(({ name }) => name);
  const names = asked ?? form.parameters.filter(({ exponent }) => exponent !== undefined).map(({ name }) => name);
  for (const name of names)
    if (!can.includes(name))
      throw badOption(
        "share",
        `"${name}"`,
        `some of ${can.join(", ")}; other parameters of the form ${form.name} depend on the units`,
      );
  if (names.length === 0) throw badOption("share", "empty", `some of ${can.join(", ")}`);
  return [...new Set(names.map((name) => form.theta.indexOf(of(still.find((one) => one.name === name)!)!)))];
};

/** Where the parts of a study's θ stand in the vector of all. */
const placesOf = ({ form, shared, own }: Layout, i: number): number[] => {
  const places = new Array<number>(form.theta.length);
  for (const [k, j] of shared.entries()) places[j] = k;
  for (const [k, j] of own.entries()) places[j] = shared.length + i * own.length + k;
  return places;
};

const assembled = (layout: Layout, all: ArrayLike<number>, i: number): number[] =>
  placesOf(layout, i).map((place) => all[place]!);

/** Sum of the objectives of the studies, over what is free; what is at −∞ stays there. */
const jointly = (layout: Layout, members: readonly Member[], whole: readonly number[], free: readonly number[]) => {
  const p = layout.form.theta.length;
  const all = Float64Array.from(whole);
  const slopes = new Float64Array(whole.length);
  const theta = new Float64Array(p);
  const g = new Float64Array(p);
  const parts = members.map(({ problem: { form, measure }, data }, i) => ({
    places: placesOf(layout, i),
    objective: objectiveOf(form, data, measure),
  }));
  const value: Differentiable = (x, gradient) => {
    for (let k = 0; k < free.length; k++) all[free[k]!] = x[k]!;
    slopes.fill(0);
    let sum = 0;
    for (const { places, objective } of parts) {
      for (let j = 0; j < p; j++) theta[j] = all[places[j]!]!;
      sum += objective(theta, g);
      for (let j = 0; j < p; j++) slopes[places[j]!]! += g[j]!;
    }
    for (let k = 0; k < free.length; k++) gradient[k] = slopes[free[k]!]!;
    return sum;
  };
  return value;
};

interface Found extends Pick<BfgsResult, "value" | "gradientNorm" | "converged"> {
  readonly all: readonly number[];
}

const EFFORT = { maxIterations: 3000, relativeTolerance: 1e-14 };

const descend = (layout: Layout, members: readonly Member[], start: readonly number[]): Found => {
  const free = start.flatMap((v, k) => (v === Number.NEGATIVE_INFINITY ? [] : [k]));
  const { x, ...found } = bfgs(
    jointly(layout, members, start, free),
    free.map((k) => start[k]!),
    EFFORT,
  );
  const all = [...start];
  for (const [k, place] of free.entries()) all[place] = x[k]!;
  return { ...found, all };
};

/** Of the lowest loss of a study: floors at which a descent begins beside that of the study alone. */
const FLOORS = [0.02, 0.5, 0.9];
/** Of one part in this many a fit without a term is no worse. */
const NO_WORSE = 1e-7;

/** The best of descents from the exponents of each study and those between, with the floors of the studies and others. */
const bestOf = (
  layout: Layout,
  members: readonly Member[],
): Found & { readonly tried: number; readonly same: number } => {
  const { form, shared } = layout;
  const exponents = members.map(({ theta }) => shared.map((j) => theta[j]!));
  const between = shared.map((_, k) => median(exponents.map((values) => values[k]!)));
  const starts = [between, ...exponents].flatMap((values) => {
    const placed = members.map(({ theta }) => {
      const out = [...theta];
      for (const [k, j] of shared.entries()) out[j] = values[k]!;
      return out;
    });
    const floors = form.withFloor
      ? FLOORS.map((level) =>
          members.map(({ data: { scale } }, i) => {
            const out = form.withFloor!(members[i]!.theta, level * scale.lowestLoss, scale);
            for (const [k, j] of shared.entries()) out[j] = values[k]!;
            return out;
          }),
        )
      : [];
    return [placed, ...floors].map((thetas) => together(layout, thetas));
  });
  const ends = starts.map((start) => descend(layout, members, start)).sort((a, b) => a.value - b.value);
  const best = ends[0]!;
  const same = ends.filter(({ value }) => value <= best.value * (1 + 1e-4)).length;
  return { ...withoutTerms(layout, members, best), tried: ends.length, same };
};

const together = ({ shared, own }: Layout, thetas: readonly (readonly number[])[]): number[] => [
  ...shared.map((j) => thetas[0]![j]!),
  ...thetas.flatMap((theta) => own.map((j) => theta[j]!)),
];

/** A term that is all but gone from a study is taken away where that is no worse. */
const withoutTerms = (layout: Layout, members: readonly Member[], found: Found): Found => {
  const { form } = layout;
  let best = found;
  for (const [i, { data }] of members.entries()) {
    const name = form.atBound(assembled(layout, best.all, i), data.scale);
    const of = form.parameters.find((parameter) => parameter.name === name)?.exponentialOf;
    if (of === undefined || layout.shared.includes(form.theta.indexOf(of))) continue;
    const place = placesOf(layout, i)[form.theta.indexOf(of)]!;
    const without = descend(layout, members, best.all.with(place, Number.NEGATIVE_INFINITY));
    if (without.value <= best.value * (1 + NO_WORSE)) best = without;
  }
  return best;
};

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
};

const concluded = (
  layout: Layout,
  members: readonly Member[],
  { all, value, gradientNorm, converged, tried, same }: ReturnType<typeof bestOf>,
): SharedFit => {
  const { form } = layout;
  const free = all.flatMap((v, k) => (Number.isFinite(v) ? [k] : []));
  const points = members.reduce((sum, { alone }) => sum + alone.points, 0);
  const degreesOfFreedom = points - free.length;
  const squares = 2 * value;
  const covariance = jointCovariance(layout, members, all, free, squares / Math.max(1, degreesOfFreedom));
  const studies = members.map(({ name, problem, alone, variance }, i) => {
    const places = placesOf(layout, i);
    const theta = assembled(layout, all, i);
    const block = covariance && { covariance: places.map((row) => places.map((column) => covariance[row]![column]!)) };
    const { objective } = problem.measure;
    const own = objectiveOf(form, problem.data, { objective, width: 0 })(
      Float64Array.from(theta),
      new Float64Array(theta.length),
    );
    const solution = {
      theta,
      value: own,
      gradientNorm: gradientNorm * variance,
      converged,
      starts: { tried, reachedBest: same },
    };
    return { name, fit: describe(problem, solution, block ?? { covariance: undefined }), alone };
  });
  const unsound = studies.find(({ fit }) => fit.status !== "converged");
  return {
    record: "shared",
    quantity: studies[0]!.fit.quantity,
    form: form.name,
    status: unsound?.fit.status ?? "converged",
    ...(unsound && { message: `${unsound.name}: ${unsound.fit.message}` }),
    parameters: estimates(layout, all, covariance, degreesOfFreedom),
    ...judged(layout, members, squares, points),
    points,
    degreesOfFreedom,
    studies,
  };
};

const estimates = (
  { form, shared }: Layout,
  all: readonly number[],
  covariance: Matrix | undefined,
  degreesOfFreedom: number,
): Record<string, Estimate> =>
  Object.fromEntries(
    form.parameters.flatMap(({ name, exponent, exponentialOf }) => {
      const k = shared.indexOf(form.theta.indexOf(exponent ?? exponentialOf ?? ""));
      if (k < 0) return [];
      const error = covariance ? Math.sqrt(covariance[k]![k]!) : Number.NaN;
      const found = estimate(all[k]!, error, degreesOfFreedom);
      return [[name, exponent === undefined ? exponentiate(found) : found]];
    }),
  );

/** Whether sharing is tenable, and the criteria with and without it. */
const judged = ({ form, shared }: Layout, members: readonly Member[], squares: number, points: number) => {
  const p = form.theta.length;
  const alone = members.reduce((sum, { alone, variance }) => sum + alone.sumOfSquares / variance, 0);
  const freed = (members.length - 1) * shared.length;
  const freedom = points - members.length * p;
  const statistic = Math.max(0, squares - alone) / freed / (alone / freedom);
  const tenable: SharedFit["tenable"] =
    freedom > 0 && alone > 0
      ? { ok: true, statistic, degreesOfFreedom: [freed, freedom], pValue: fSurvival(statistic, freed, freedom) }
      : refuse("unidentified", "the studies have no more runs than parameters");
  return {
    tenable,
    criteria: {
      shared: criteria(squares, points, members.length * p - freed),
      alone: criteria(alone, points, members.length * p),
    },
  };
};

/** σ² (Σ w g gᵀ)⁻¹ of all that is free. */
const jointCovariance = (
  layout: Layout,
  members: readonly Member[],
  all: readonly number[],
  free: readonly number[],
  variance: number,
): Matrix | undefined => {
  const information = zeros(all.length);
  for (const [i, { problem, data }] of members.entries()) {
    const places = placesOf(layout, i);
    const theta = assembled(layout, all, i);
    const g = new Float64Array(theta.length);
    const at = rowLoss(problem.form, data);
    for (let row = 0; row < data.lnL.length; row++) {
      at(theta, row, g);
      for (let j = 0; j < g.length; j++)
        for (let k = 0; k < g.length; k++) information[places[j]!]![places[k]!]! += data.weight[row]! * g[j]! * g[k]!;
    }
  }
  const inverse = invertPositive(free.map((j) => free.map((k) => information[j]![k]!)));
  return inverse && embedded(scaled(inverse, variance), free, all.length);
};
