import { type BfgsResult, bfgs } from "../math/bfgs.js";
import { normals, random } from "../math/random.js";
import type { SurfaceData } from "./data.js";
import type { SurfaceForm, SurfaceFormName } from "./form.js";
import { surfaceForms } from "./forms/index.js";
import { logObjective } from "./objective.js";
import { varpro } from "./varpro.js";

/** `log-huber` and `log-squares` compare ln L; `squares` compares L and is solved by variable projection. */
export type SurfaceObjective = "log-huber" | "log-squares" | "squares";

interface TaskBase {
  readonly data: SurfaceData;
  readonly form: SurfaceFormName;
  readonly objective: SurfaceObjective;
  readonly delta: number;
}

/** Descend from every start a little way. */
export interface ScreenTask extends TaskBase {
  readonly kind: "screen";
  readonly starts: readonly (readonly number[])[];
}

/** Refit resamples `from` … `to` − 1 of a bootstrap, beginning at the fit of the whole. */
export interface RefitTask extends TaskBase {
  readonly kind: "refit";
  readonly theta: readonly number[];
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  /** Rows that may be exchanged for each other have the same stratum. */
  readonly strata: Int32Array;
  /** With noise the rows stay and their losses move by this standard deviation; without it the rows are drawn again. */
  readonly noise: Float64Array | undefined;
}

export type SurfaceTask = ScreenTask | RefitTask;

/** One descent or refit; θ on the centred axes of the task's data. */
export interface Descent {
  readonly theta: readonly number[];
  readonly value: number;
  readonly converged: boolean;
}

/**
 * Does one piece of a surface fit: a pure function of plain data, so that it can run in a worker of any kind. A Web Worker is
 * `onmessage = ({ data }) => postMessage(runSurfaceTask(data))`.
 */
export function runSurfaceTask(task: SurfaceTask): Descent[] {
  const form = surfaceForms[task.form];
  if (task.kind === "refit") return refits(task, form);
  const objective = logObjective(form, task.data, task.delta);
  const glimpses = task.starts.map((start) => bfgs(objective, start, { maxIterations: 60, relativeTolerance: 1e-5 }));
  const best = glimpses.reduce((low, g) => Math.min(low, g.value), Number.POSITIVE_INFINITY);
  return glimpses.map((g) =>
    asDescent(g.value <= HOPELESS * best ? bfgs(objective, g.x, { maxIterations: 200, relativeTolerance: 1e-9 }) : g),
  );
}

/** A descent that levels off this many times above the best of its neighbours is in another basin. */
const HOPELESS = 2;

const asDescent = ({ x, value, converged }: BfgsResult): Descent => ({ theta: Array.from(x), value, converged });

function refits(task: RefitTask, form: SurfaceForm): Descent[] {
  const members = byStratum(task.strata);
  const out: Descent[] = [];
  for (let i = task.from; i < task.to; i++) {
    const uniform = random(task.seed, i);
    out.push(
      refit(
        task,
        form,
        task.noise ? noisy(task.data, task.noise, uniform) : redrawn(task.data, members, uniform),
        task.theta,
      ),
    );
  }
  return out;
}

const EXPONENT = /^(alpha|beta)/;

/** Refits from a known solution; a second, distant start guards against staying in its basin. */
export function refit(task: TaskBase, form: SurfaceForm, data: SurfaceData, theta: readonly number[]): Descent {
  if (task.objective === "squares") {
    const alpha = Math.max(theta[3]!, 1e-3);
    const beta = Math.max(theta[4]!, 1e-3);
    const fit = varpro(data, [
      [alpha, beta],
      [beta, alpha],
    ]);
    return { theta: thetaOfVarpro(fit), value: fit.rss, converged: fit.converged };
  }
  const objective = logObjective(form, data, task.delta);
  const distant = theta.map((v, j) => (EXPONENT.test(form.theta[j]!) ? 1.5 * v : v));
  const results = [theta, distant].map((start) =>
    bfgs(objective, start, { maxIterations: 300, relativeTolerance: 1e-10 }),
  );
  return asDescent(results[0]!.value <= results[1]!.value ? results[0]! : results[1]!);
}

export const thetaOfVarpro = (fit: { E: number; A: number; B: number; alpha: number; beta: number }): number[] => [
  Math.log(fit.A),
  Math.log(fit.B),
  Math.log(fit.E),
  fit.alpha,
  fit.beta,
];

function byStratum(strata: Int32Array): number[][] {
  const groups = new Map<number, number[]>();
  strata.forEach((stratum, i) => {
    const group = groups.get(stratum);
    if (group) group.push(i);
    else groups.set(stratum, [i]);
  });
  return [...groups.values()];
}

/** Drawing rows with replacement is drawing their weights: nothing is copied. */
function redrawn(data: SurfaceData, strata: readonly number[][], uniform: () => number): SurfaceData {
  const weight = new Float64Array(data.weight.length);
  for (const members of strata) {
    for (let k = 0; k < members.length; k++) {
      const i = members[Math.floor(uniform() * members.length)]!;
      weight[i]! += data.weight[i]!;
    }
  }
  return { ...data, weight };
}

function noisy(data: SurfaceData, noise: Float64Array, uniform: () => number): SurfaceData {
  const normal = normals(uniform);
  const loss = data.loss.map((v, i) => Math.max(v + noise[i]! * normal(), Number.MIN_VALUE));
  return { ...data, loss, lnL: loss.map(Math.log) };
}
