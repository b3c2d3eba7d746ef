import { normals, random } from "../math/random.js";
import type { SurfaceData } from "./data.js";
import type { Descent, Effort } from "./descent.js";
import { isExponent } from "./form.js";
import { surfaceForms } from "./forms/index.js";
import { surfaceObjectives } from "./objectives/index.js";
import { solverFor } from "./solver.js";

interface TaskBase {
  readonly data: SurfaceData;
  readonly form: string;
  readonly objective: string;
  /** Of the objective; 0 where it has none. */
  readonly width: number;
}

/** Descend from every start a little way. */
export interface ScreenTask extends TaskBase {
  readonly kind: "screen";
  readonly starts: readonly (readonly number[])[];
}

/** Descend from one start to the end. */
export interface FinishTask extends TaskBase {
  readonly kind: "finish";
  readonly start: readonly number[];
}

/** Refit resamples `from` … `to` − 1 of a bootstrap, beginning at the fit of the whole. */
export interface RefitTask extends TaskBase {
  readonly kind: "refit";
  readonly theta: readonly number[];
  /** The floor is not far from 0 in units of its error: it is looked for everywhere. */
  readonly loose: boolean;
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  /** Rows that may be exchanged for each other have the same stratum. */
  readonly strata: Int32Array;
  /** Rows that come and go together have the same cluster. */
  readonly clusters: Int32Array | undefined;
  /** With noise the rows stay and their losses move by this standard deviation; without it the rows are drawn again. */
  readonly noise: Float64Array | undefined;
}

export type SurfaceTask = ScreenTask | FinishTask | RefitTask;

/**
 * Does one piece of a surface fit: a pure function of plain data, so that it can run in a worker of any kind. A Web Worker is
 * `onmessage = ({ data }) => postMessage(runSurfaceTask(data))`.
 */
export const runSurfaceTask = (task: SurfaceTask): Descent[] => {
  if (task.kind === "screen") return screen(task);
  return task.kind === "refit" ? refits(task) : [finish(task, task.start)];
};

const GLIMPSE: Effort = { maxIterations: 60, relativeTolerance: 1e-5 };
const LOOK: Effort = { maxIterations: 200, relativeTolerance: 1e-9 };
const REFIT: Effort = { maxIterations: 1500, relativeTolerance: 1e-10 };
const FINISH: Effort = { maxIterations: 3000, relativeTolerance: 1e-14 };

/** A descent that levels off this many times above the best of its neighbours is in another basin. */
const HOPELESS = 2;

const screen = (task: ScreenTask): Descent[] => {
  const solver = solverOf(task);
  const glimpses = task.starts.map((start) => solver.descend(task.data, start, GLIMPSE));
  const best = glimpses.reduce((low, g) => Math.min(low, g.value), Number.POSITIVE_INFINITY);
  return glimpses.map((g) => (g.value <= HOPELESS * best ? solver.descend(task.data, g.theta, LOOK) : g));
};

/** The optimum of a start's basin, as exactly as double precision has it. */
export const finish = (task: TaskBase, start: readonly number[]): Descent => {
  const solver = solverOf(task);
  return solver.polish(task.data, solver.settle(task.data, solver.descend(task.data, start, FINISH), FINISH));
};

const solverOf = ({ form, objective, width }: TaskBase) =>
  solverFor(surfaceForms.get(form), { objective: surfaceObjectives.get(objective), width });

const refits = (task: RefitTask): Descent[] => {
  const units = unitsOf(task);
  const out: Descent[] = [];
  for (let i = task.from; i < task.to; i++) {
    const uniform = random(task.seed, i);
    const data = task.noise ? noisy(task.data, task.noise, uniform) : redrawn(task.data, units, uniform);
    out.push(refit({ ...task, data }, task));
  }
  return out;
};

/** Floors at which a refit begins where any might be, as shares of the lowest loss. */
const FLOORS = [0, 0.4, 0.7, 0.9];

/**
 * Refits from a known solution; a second, distant start guards against staying in its basin. Where the floor is loose the best refit may
 * have none, or a high one, and a descent in its logarithm crosses from neither to the other: it begins on both sides.
 */
export const refit = (task: TaskBase, { theta, loose }: Pick<RefitTask, "theta" | "loose">): Descent => {
  const solver = solverOf(task);
  const form = surfaceForms.get(task.form);
  const distant = theta.map((v, j) => (isExponent(form, j) ? 1.5 * v : v));
  const { lowestLoss } = task.data.scale;
  const floors = loose ? FLOORS.map((share) => form.withFloor?.(theta, share * lowestLoss, task.data.scale)) : [];
  const starts = [theta, distant, ...floors.filter((start) => start !== undefined)];
  const ends = starts.map((start) => solver.descend(task.data, start, REFIT));
  return solver.settle(
    task.data,
    ends.reduce((a, b) => (b.value < a.value ? b : a)),
    REFIT,
  );
};

/** What is drawn, by stratum: single rows, or clusters of them. */
const unitsOf = ({ strata, clusters }: Pick<RefitTask, "strata" | "clusters">): number[][][] => {
  const rows = [...strata.keys()];
  return [...new Set(strata)].map((stratum) => {
    const members = rows.filter((i) => strata[i] === stratum);
    if (!clusters) return members.map((i) => [i]);
    return [...new Set(members.map((i) => clusters[i]))].map((c) => members.filter((i) => clusters[i] === c));
  });
};

/** Drawing rows with replacement is drawing their weights: nothing is copied. */
const redrawn = (data: SurfaceData, strata: readonly number[][][], uniform: () => number): SurfaceData => {
  const weight = new Float64Array(data.weight.length);
  for (const units of strata) {
    for (let k = 0; k < units.length; k++) {
      for (const i of units[Math.floor(uniform() * units.length)]!) weight[i]! += data.weight[i]!;
    }
  }
  return { ...data, weight };
};

const noisy = (data: SurfaceData, noise: Float64Array, uniform: () => number): SurfaceData => {
  const normal = normals(uniform);
  const loss = data.loss.map((v, i) => Math.max(v + noise[i]! * normal(), Number.MIN_VALUE));
  return { ...data, loss, lnL: loss.map(Math.log) };
};
