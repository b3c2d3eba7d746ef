import { shown } from "@isoflop/spec";
import { broadcastTo, type JitArguments, type Tensor } from "@isoflop/tensor";
import { tensors } from "./arithmetic.js";
import { checkPrediction } from "./checks.js";
import { must } from "./errors.js";
import type { Objective } from "./objective.js";
import { type Combination, combinationAt, combined } from "./prediction.js";
import type { Solver, Step, VelocityField } from "./solver.js";

/** A time at which a step asks for the field, and the velocity there from the network's prediction. */
interface Moment<T> {
  readonly t: T;
  /** Absent where the network predicts velocity. */
  readonly velocity?: Combination<T>;
}

/** What the host says of one step: data of its program, so that one program serves every step of every grid. */
export interface Course<T> {
  readonly h: T;
  readonly moments: readonly Moment<T>[];
}

/**
 * The numbers of a step, in float64: near noise 1 - t has few digits left in f32.
 * @throws DiffusionError("singular") where the prediction does not give a velocity
 */
export const courseOf = (
  { path, prediction }: Pick<Objective, "path" | "prediction">,
  { shares }: Step,
  from: number,
  to: number,
): Course<number> => ({
  h: to - from,
  moments: shares.map((share) => {
    const t = share === 1 ? to : from + share * (to - from);
    if (prediction === "velocity") return { t };
    return { t, velocity: combinationAt(path, prediction, "velocity", t) as Combination<number> };
  }),
});

/** @throws DiffusionError("option") for what is no solver, or a share outside 0..1 */
export const checkSolver = (solver: Solver): void => {
  const { name, step, lastStep = step } = solver;
  for (const { shares, advance } of [step ?? {}, lastStep ?? {}]) {
    const isStep = Array.isArray(shares) && typeof advance === "function";
    must(isStep, "option", `sampler: solver is ${shown(solver)}; it takes one such as euler().`);
    const inside = shares.every((share) => share >= 0 && share <= 1);
    must(inside, "option", `${name}: a step asks for the field at [${shares.join(", ")}]; shares lie in 0..1.`);
  }
};

/** d x / dt of a network during one step. */
export const fieldOf =
  (
    model: (x: Tensor, t: Tensor) => Tensor,
    name: string,
    shares: readonly number[],
    moments: readonly Moment<Tensor>[],
  ): VelocityField =>
  (x, share) => {
    const moment = moments[shares.indexOf(share)];
    const named = `its step names [${shares.join(", ")}]`;
    must(moment, "option", `${name} asks for the field at share ${share} of a step; ${named}.`);
    const output = model(x, broadcastTo(moment.t, [x.shape[0]!]));
    checkPrediction(output, x);
    return moment.velocity ? combined(tensors, moment.velocity, output, x) : output;
  };

export type CourseData = JitArguments<Course<Tensor>>;
