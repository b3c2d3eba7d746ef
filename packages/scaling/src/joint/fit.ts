import { badOption, throwIfAborted } from "../errors.js";
import { groupByBudget } from "../isoflop/group.js";
import { FEWEST_BUDGETS, type Foresight, rehearsed, stagesOf } from "../rehearsal/rehearse.js";
import { flopsPerParameterToken } from "../surface/bias.js";
import type { LongFitOptions } from "../surface/executor.js";
import type { MeasuredFloor } from "../surface/floors/weighed.js";
import { geometricMean, mostOf } from "../surface/span.js";
import { type Outcome, type Run, refuse } from "../types.js";
import { jointPart } from "./part.js";
import { predictJoint } from "./predict.js";
import type { JointFit } from "./record.js";

export interface JointOptions extends Pick<LongFitOptions, "signal" | "onProgress"> {
  /** A measured lower bound of the loss: no floor is sought below it. Default 0. */
  readonly floor?: MeasuredFloor | undefined;
  /** k of C = k·N·D, under which optima are sought. Default: measured from the runs' own C. */
  readonly flopsPerToken?: number | undefined;
  /** What the runs' `loss` is, for a reader. */
  readonly quantity?: string | undefined;
  /** Also what the fit would have said of each larger budget from the smaller ones. Default true. */
  readonly rehearse?: boolean | undefined;
}

/**
 * All isoFLOP curves in one fit: ln(L − E) = p0 − α ln C + a basin about ln N*(C), by least squares of ln L, every run alike; E is integrated out between the
 * measured floor and the smallest loss, and the exponent of N* may drift. Twice, with all budgets and without the smallest third of them: small
 * runs need not follow the law of larger ones, and the wider interval is quoted. Weighing runs by their noise is no option: large runs are
 * few and quiet, and a law that follows them alone misses (measured).
 * @throws ScalingError `bad-option` naming the option, `bad-value` naming a row, `aborted`
 */
export const jointFit = (runs: readonly Run[], options: JointOptions = {}): Outcome<JointFit> => {
  const steps = fitted(runs, options);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
};

/** As {@link jointFit}, returning to the event loop between fits, so that a page stays alive and an abort arrives. */
export const jointFitAsync = async (runs: readonly Run[], options: JointOptions = {}): Promise<Outcome<JointFit>> => {
  const steps = fitted(runs, options);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
};

/** @throws ScalingError `bad-option` for a floor that no loss can have, or that lies above one that was reached */
export const checkFloor = (floor: MeasuredFloor | undefined, runs: readonly Run[]): void => {
  if (!floor) return;
  const { value, standardError } = floor;
  if (!(value >= 0 && Number.isFinite(value))) throw badOption("floor.value", value, "a loss of at least 0");
  if (!(standardError >= 0 && Number.isFinite(standardError)))
    throw badOption("floor.standardError", standardError, "a number of at least 0");
  const lowest = runs.reduce((least, { loss }) => Math.min(least, loss), Number.POSITIVE_INFINITY);
  if (value >= lowest) throw badOption("floor.value", value, `a loss below ${lowest}, which was reached`);
};

function* fitted(runs: readonly Run[], options: JointOptions): Generator<undefined, Outcome<JointFit>> {
  const { floor, quantity = "loss", rehearse = true, signal, onProgress } = options;
  if (runs.length === 0) return refuse("too-few-points", "there are no runs to fit");
  const { flopsPerToken = flopsPerParameterToken(runs) } = options;
  if (!(flopsPerToken > 0)) throw badOption("flopsPerToken", flopsPerToken, "a positive number");
  checkFloor(floor, runs);
  const budgets = groupByBudget(runs);
  const frame = {
    flopsPerToken,
    centre: { N: geometricMean(runs.map(({ N }) => N)), D: geometricMean(runs.map(({ D }) => D)) },
  };
  const larger = budgets.slice(Math.floor(budgets.length / 3));
  const twice = budgets.length > FEWEST_BUDGETS;
  const all = (twice ? 2 : 1) + (rehearse ? stagesOf(budgets).length : 0);
  let done = 0;
  const step = () => {
    onProgress?.(++done, all);
    throwIfAborted(signal, "the joint fit");
  };
  throwIfAborted(signal, "the joint fit");
  const whole = jointPart(runs, "all", frame, floor);
  if (!whole.ok) return whole;
  step();
  yield;
  const second = twice
    ? jointPart(
        larger.flatMap((budget) => budget.runs),
        "larger",
        frame,
        floor,
      )
    : undefined;
  if (twice) {
    step();
    yield;
  }
  const { ok: _, ...first } = whole;
  const parts = [first];
  if (second?.ok) {
    const { ok: __, ...part } = second;
    parts.push(part);
  }
  const foresight: Foresight = (some) => {
    step();
    const fit = jointFit(some, { floor, flopsPerToken, rehearse: false });
    if (!fit.ok) return undefined;
    return ({ N, D }) => {
      const answer = predictJoint(fit, { N, D });
      return answer.ok ? answer.predicted.loss : undefined;
    };
  };
  const rehearsals = rehearse ? yield* rehearsed(runs, foresight) : [];
  return {
    ok: true,
    record: "joint",
    quantity,
    ...frame,
    points: runs.length,
    largest: { C: mostOf(runs, "C"), N: mostOf(runs, "N"), D: mostOf(runs, "D") },
    ...(floor && { floor }),
    ...standing(parts.length, budgets.length),
    parts,
    rehearsals,
  };
}

const standing = (parts: number, budgets: number): Pick<JointFit, "status" | "message"> =>
  parts > 1
    ? { status: "converged" }
    : {
        status: "unidentified",
        message: `${budgets} budget${budgets === 1 ? "" : "s"}: too few to be fitted without the smallest, so that nothing says whether they follow one law`,
      };
