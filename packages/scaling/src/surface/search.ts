import { badOption, ScalingError } from "../errors.js";
import { ascending, quantileSorted } from "../math/quantile.js";
import { random } from "../math/random.js";
import { type Flops, type Outcome, type Run, refuse } from "../types.js";
import { rowLoss, type SurfaceData, surfaceData, thinned } from "./data.js";
import type { Descent } from "./descent.js";
import { SIX, type SurfaceForm, unquoted } from "./form.js";
import { type SurfaceFormName, surfaceForms } from "./forms/index.js";
import type { Measure } from "./objective.js";
import { type SurfaceObjectiveName, surfaceObjectives } from "./objectives/index.js";
import type { SurfaceObjective } from "./objectives/objective.js";
import { solverFor } from "./solver.js";
import { type FinishTask, finish, type ScreenTask } from "./task.js";

/** `auto` from the data; a grid of the form by its name, as `hoffmann`; or your own points, in parameters as they are quoted. */
export type Starts =
  | "auto"
  | "hoffmann"
  | (string & Record<never, never>)
  | readonly Readonly<Record<string, number>>[];

export interface SurfaceOptions {
  readonly form?: SurfaceFormName | undefined;
  /** What is made least. Default `log-squares`, whose intervals cover. */
  readonly objective?: SurfaceObjectiveName | undefined;
  /** The number that shapes the objective, where it has one: the corner of `log-huber` in ln L (default 1e-3). */
  readonly width?: number | undefined;
  readonly starts?: Starts | undefined;
  /** Weight of a run in the objective, for instance 1 / σ². */
  readonly weight?: ((run: Run) => number) | undefined;
  /** k of C = k·N·D, under which the surface has its optimum. Default: measured from the runs' own C. */
  readonly flopsPerToken?: number | undefined;
  /** What the runs' `loss` is, for a reader: `loss`, or the metric that stands in its place. */
  readonly quantity?: string | undefined;
  /** Compute at which the bias of Approach 2 on these runs is wanted. */
  readonly biasAt?: Flops | undefined;
}

/** A fit that has been checked and can begin. */
export interface Problem {
  readonly runs: readonly Run[];
  readonly options: SurfaceOptions;
  readonly form: SurfaceForm;
  readonly measure: Measure;
  readonly data: SurfaceData;
  /** The runs on which starts are compared: all of them, or a sample. */
  readonly sample: SurfaceData;
  readonly tasks: readonly ScreenTask[];
}

/** Where the search ended. */
export interface Solution extends Descent {
  readonly starts: { readonly tried: number; readonly reachedBest: number };
}

/** Starts per piece: small enough for progress and an even load, large enough to be worth a message. */
const STARTS_PER_TASK = 64;
/** More runs than this do not change which valley is the deepest, only what it costs to find out. */
const SCREENED_RUNS = 4096;

/**
 * Checks options and runs, and splits the comparison of starts into tasks.
 * @throws ScalingError `bad-option` naming the option
 */
export const pose = (runs: readonly Run[], options: SurfaceOptions): Outcome<{ readonly problem: Problem }> => {
  const { form: name = "chinchilla", objective: aim = "log-squares", starts = "auto" } = options;
  const { weight, width: asked, flopsPerToken = SIX } = options;
  if (!surfaceForms.has(name)) throw badOption("form", `"${name}"`, `one of ${surfaceForms.names.join(", ")}`);
  if (!surfaceObjectives.has(aim))
    throw badOption("objective", `"${aim}"`, `one of ${surfaceObjectives.names.join(", ")}`);
  if (asked !== undefined && !(asked > 0)) throw badOption("width", asked, "a positive number");
  if (!(flopsPerToken > 0)) throw badOption("flopsPerToken", flopsPerToken, "a positive number");
  const form = surfaceForms.get(name);
  const p = form.theta.length;
  if (runs.length <= p)
    return refuse(
      "too-few-points",
      `${runs.length} run${runs.length === 1 ? "" : "s"} for ${p} parameters; at least ${p + 1} are needed`,
    );
  const sizes = { N: new Set(runs.map((run) => run.N)).size, D: new Set(runs.map((run) => run.D)).size };
  if (sizes.N < 3 || sizes.D < 3) {
    const message = `${sizes.N} distinct N and ${sizes.D} distinct D: an exponent needs at least three of each`;
    return refuse("unidentified", message);
  }
  const data = surfaceData(form, runs, weight);
  const sample = thinned(data, SCREENED_RUNS, random(0));
  const objective = surfaceObjectives.get(aim);
  const measure = { objective, width: asked ?? widthOf(objective, form, sample) };
  const points =
    starts === "auto"
      ? solverFor(form, measure).starts(sample)
      : startingPoints(starts, form, { N: data.centreN, D: data.centreD });
  const tasks: ScreenTask[] = [];
  for (let i = 0; i < points.length; i += STARTS_PER_TASK) {
    const some = points.slice(i, i + STARTS_PER_TASK);
    tasks.push({ kind: "screen", data: sample, form: name, objective: aim, width: measure.width, starts: some });
  }
  return { ok: true, problem: { runs, options, form, measure, data, sample, tasks } };
};

/** A standard deviation is so many times the median of the absolute residuals of normal errors. */
const DEVIATION = 1.4826;
/** Errors are no smaller than the rounding of their logarithms. */
const LEAST_WIDTH = 1e-14;

/** The width of an objective where none was asked for; 0 where it has none. */
const widthOf = ({ width }: SurfaceObjective, form: SurfaceForm, data: SurfaceData): number => {
  const fallback = width?.fallback ?? 0;
  if (typeof fallback === "number") return fallback;
  const plain = surfaceObjectives.get("log-squares");
  const { starts, descend } = solverFor(form, { objective: plain, width: 0 });
  const ends = starts(data).map((start) => descend(data, start, GLANCE));
  const { theta } = ends.reduce((a, b) => (b.value < a.value ? b : a));
  const at = rowLoss(form, data);
  const g = new Float64Array(theta.length);
  const sizes = Array.from(data.lnL, (lnL, i) => Math.abs(at(theta, i, g) - lnL));
  return Math.max(fallback.deviations * DEVIATION * quantileSorted(ascending(sizes), 0.5), LEAST_WIDTH);
};

/** Enough to see how far the bulk of the runs lies from a surface. */
const GLANCE = { maxIterations: 100, relativeTolerance: 1e-6 };

/** Starting points that were asked for, on centred axes. */
const startingPoints = (
  starts: Starts,
  form: SurfaceForm,
  centre: { readonly N: number; readonly D: number },
): number[][] => {
  if (starts.length === 0) throw new ScalingError("bad-option", "starts is empty; expected at least one point");
  const points = typeof starts === "string" ? gridOf(form, starts) : starts.map((point) => unquoted(form, point));
  return points.map((theta) => form.recentre(theta, centre.N, centre.D));
};

const gridOf = ({ name, grids = {} }: SurfaceForm, asked: string): number[][] => {
  if (Object.hasOwn(grids, asked)) return grids[asked]!();
  const there = ["auto", ...Object.keys(grids)].map((grid) => `"${grid}"`).join(", ");
  throw new ScalingError("bad-option", `starts is "${asked}"; the form "${name}" has ${there}`);
};

/** Descents carried to the end; the others have shown where they lead. */
const FINISHED = 8;
/** Valleys of a sample that are tried on all runs. */
const FINALISTS = 3;
const SAME_OPTIMUM = 1e-4;

/** The best of the screened descents, finished on the sample; and what is left to do on all runs if that is not all of them. */
export const finalists = (
  problem: Problem,
  descents: readonly Descent[],
): Outcome<{ readonly best: Solution; readonly tasks: readonly FinishTask[] }> => {
  const finite = descents.filter((d) => Number.isFinite(d.value)).sort((a, b) => a.value - b.value);
  if (finite.length === 0) return refuse("unidentified", "no start has a finite objective");
  const { form, measure, data, sample } = problem;
  const base = { form: form.name, objective: measure.objective.name, width: measure.width };
  const finished = finite.slice(0, FINISHED).map(({ theta }) => finish({ ...base, data: sample }, theta));
  finished.sort((a, b) => a.value - b.value);
  const best = finished[0]!;
  const same = (value: number, as: number) => value <= as * (1 + SAME_OPTIMUM) + rounding(problem);
  const starts = { tried: descents.length, reachedBest: finite.filter(({ value }) => same(value, best.value)).length };
  const valleys = finished.filter(({ value }, i) => i === 0 || !same(value, finished[i - 1]!.value));
  const tasks = valleys
    .slice(0, FINALISTS)
    .map(({ theta }): FinishTask => ({ ...base, kind: "finish", data, start: theta }));
  return { ok: true, best: { ...best, starts }, tasks: sample === data ? [] : tasks };
};

/** What double precision leaves of a perfect fit: starts that end below it are equal. */
const rounding = ({ measure, sample }: Problem): number => {
  const raw = measure.objective.scale === "raw";
  const squares = raw ? sample.loss.reduce((s, v) => s + v * v, 0) : sample.loss.length;
  return 1e-20 * squares;
};
