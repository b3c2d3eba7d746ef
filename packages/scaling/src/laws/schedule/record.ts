import { choice, positive, record, text, whole } from "@isoflop/spec";
import * as v from "valibot";
import * as fields from "../../records/fields.js";
import { ALL, CONSTANT } from "./model.js";

const knots = record({ step: fields.list(fields.notNegative), rate: fields.list(fields.notNegative) });

const curve = record({
  name: text,
  /** Knots between which the rate is linear. */
  schedule: fields.checked(knots, ({ step, rate }) => {
    if (step.length !== rate.length || step.length === 0)
      return {
        path: ["rate"],
        input: rate,
        right: `a list of ${Math.max(1, step.length)}, as many as there are steps`,
      };
    const still = step.findIndex((at, i) => i > 0 && !(at > step[i - 1]!));
    if (still >= 0) return { path: ["step", still], input: step[still], right: "more than the step before" };
    return rate.some((one) => one > 0)
      ? undefined
      : { path: ["rate"], input: rate, right: "a list with a rate above 0" };
  }),
  /** What was fitted: steps, each with the mean loss of the rows about it. */
  step: fields.list(fields.notNegative),
  loss: fields.positives,
});

const ofSize = (size: typeof CONSTANT | typeof ALL, sound: boolean) => {
  const unknown = v.exactOptional(fields.anyMatrix(size));
  return record({
    ...fields.head("schedule"),
    /** `unidentified` also where no rate falls: then the law is that of a constant rate. */
    status: choice(["converged", "bound", "unidentified", "stopped-early"]),
    message: v.exactOptional(text),
    /** L0, A, alpha, and, where a rate falls, B, C, beta, gamma. */
    parameters: fields.each(fields.exponentOf),
    /** ln L₀ (−Infinity where there is none), ln A, α, ln B, ln C, ln β, γ: what was fitted. */
    theta: fields.listOf(size, fields.logarithm),
    /** Of θ; that of ln L₀ is zero at the bound. Absent where θ cannot be told apart. */
    covariance: sound ? (fields.covariance(size) as v.GenericSchema as typeof unknown) : unknown,
    objective: record({
      name: v.literal("log-huber"),
      /** Corner of the Huber loss, in ln L. */
      delta: positive,
      /** Sum over points. */
      value: fields.notNegative,
    }),
    /** Of ln L of a point about the law: 1.4826 times the median size of a residual. */
    residualStandardDeviation: fields.notNegative,
    /** Of residuals of neighbouring points: what is alike in them counts once. */
    autocorrelation: fields.finite,
    points: whole(),
    /** Of as many independent points as these are worth. */
    degreesOfFreedom: fields.notNegative,
    curves: fields.list(curve),
  });
};

/** A loss curve's law under any learning-rate schedule, with the curves it was fitted to. A record: it survives JSON whole. */
export interface ScheduleFit extends fields.Read<ReturnType<typeof ofSize>> {}

/** A curve of a schedule fit. */
export type ScheduleCurve = ScheduleFit["curves"][number];

export const scheduleSchema: v.GenericSchema<unknown, ScheduleFit> = fields.checked(
  v.lazy((value) => {
    const theta = fields.fieldOf(value, "theta");
    const size = Array.isArray(theta) && theta.length === CONSTANT ? CONSTANT : ALL;
    return ofSize(size, value !== undefined && fields.fieldOf(value, "status") === "converged");
  }) as v.GenericSchema as ReturnType<typeof ofSize>,
  ({ curves, theta }) => {
    const odd = theta.findIndex((value, j) => j > 0 && !Number.isFinite(value));
    if (odd >= 0) return { path: ["theta", odd], input: theta[odd], right: "a finite number" };
    if (curves.length === 0) return { path: ["curves"], input: curves, right: "a curve at least" };
    const i = curves.findIndex(({ step, loss }) => step.length !== loss.length);
    if (i < 0) return undefined;
    const { step, loss } = curves[i]!;
    return { path: ["curves", i, "loss"], input: loss, right: `a list of ${step.length}, as many as there are steps` };
  },
);
