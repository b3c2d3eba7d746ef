import { canonicalJson } from "@isoflop/spec";
import { type Checkpoint, reconstructAverage, snapshotSteps, type TrainError } from "@isoflop/train";
import { SweepError } from "./errors.js";
import { idOf, type RunSpec } from "./spec.js";
import type { RunFiles } from "./store.js";
import { trainingOf } from "./task.js";

/** The average of a run's weights that is measured. */
export interface MeasuredWeights {
  readonly average: Pick<Checkpoint, "step" | "arrays">;
  /** What one should know of it who reads the number. */
  readonly remarks: readonly string[];
}

/** Weights at a run's end, from its last checkpoint. @throws SweepError `record` if that is gone */
export const weightsAtEnd = async (
  spec: RunSpec,
  { checkpoints }: Pick<RunFiles, "checkpoints">,
  onRejected?: (error: TrainError) => void,
): Promise<MeasuredWeights> => {
  const { checkpoint, rejected } = await checkpoints.latest();
  for (const error of rejected) onRejected?.(error);
  if (checkpoint?.step !== spec.steps || checkpoint.spec !== canonicalJson(trainingOf(spec)))
    throw new SweepError(
      "record",
      `run ${idOf(spec)} has no checkpoint of its last step, ${spec.steps}, to be measured from; remove its folder to train it again`,
    );
  return { average: checkpoint, remarks: [] };
};

/** Beyond this share of its profile an average of other widths is not the one that training would have kept. */
const LARGEST_RESIDUAL = 0.1;

/** What keeps a run from being measured after a share of its steps. */
const refusal = (spec: RunSpec, at: number, why: string, code: "spec" | "record" = "spec"): SweepError =>
  new SweepError(code, `run ${idOf(spec)} is to be measured after ${at} of its ${spec.steps} steps, and ${why}`);

/** A few of many steps. */
const listed = (steps: readonly number[]): string =>
  steps.length > 8 ? `${steps.slice(0, 7).join(", ")}, … ${steps.at(-1)}` : steps.join(", ");

/**
 * The step after a share of a run, of which it keeps a snapshot, and the width of its average there.
 * @throws SweepError `spec` for a run that averages by no power, or keeps no snapshot of that step
 */
export const keptStep = (spec: RunSpec, at: number): { readonly step: number; readonly width: number } => {
  const averaging: { readonly kind: string; readonly width?: unknown } = spec.averaging;
  if (averaging.kind !== "power")
    throw refusal(
      spec,
      at,
      `its averaging is "${averaging.kind}"; only averages of the kind "power" are kept within a run`,
    );
  if (!spec.snapshots)
    throw refusal(spec, at, "it keeps no snapshots; give its spec some, such as snapshots: { count: 4 }");
  const step = Math.round(at * spec.steps);
  const kept = snapshotSteps(spec.snapshots, spec.steps);
  if (!kept.includes(step))
    throw refusal(spec, at, `it keeps no snapshot of step ${step}; those that it keeps are of steps ${listed(kept)}`);
  return { step, width: Number(averaging.width) };
};

/**
 * Weights after a share of a run's steps, from the snapshot that it kept there, or where those are of other widths from all up to there.
 * @throws SweepError `spec` for a run that keeps none there or of widths too far from its average's, `record` if one is gone that it kept
 */
export const weightsWithin = async (
  spec: RunSpec,
  at: number,
  { checkpoints }: Pick<RunFiles, "checkpoints">,
): Promise<MeasuredWeights> => {
  const { step, width } = keptStep(spec, at);
  const training = canonicalJson(trainingOf(spec));
  const own = ((await checkpoints.snapshots?.()) ?? []).filter((snapshot) => snapshot.spec === training);
  if (!own.some((snapshot) => snapshot.step === step))
    throw refusal(spec, at, `its snapshot of step ${step} is gone; remove its folder to train it again`, "record");
  const average = await reconstructAverage(own, { width, at: step });
  const { residual } = average;
  if (residual > LARGEST_RESIDUAL) {
    const widths = spec.snapshots?.widths.join(" and ");
    throw refusal(
      spec,
      at,
      `its snapshots, of widths ${widths}, do not give an average of width ${width} there: ${(100 * residual).toFixed(0)} % of it is missing; give snapshots that width`,
    );
  }
  const remarks =
    residual === 0 ? [] : [`of an average put together from snapshots, ${residual.toPrecision(2)} of it missing`];
  return { average, remarks };
};
