import { canonicalJson } from "@isoflop/spec";
import { type Checkpoint, reconstructAverage, type TrainError } from "@isoflop/train";
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

/**
 * Weights after a share of a run's steps, from the snapshot that it kept there, or where those are of other widths from all up to there.
 * @throws SweepError `spec` for a run that averages by no power or kept no snapshot of that step, `record` if one is gone that it kept
 */
export const weightsWithin = async (
  spec: RunSpec,
  at: number,
  { checkpoints }: Pick<RunFiles, "checkpoints">,
): Promise<MeasuredWeights> => {
  const { steps, snapshots } = spec;
  const averaging: { readonly kind: string; readonly width?: unknown } = spec.averaging;
  const told = `run ${idOf(spec)} is to be measured after ${at} of its ${steps} steps`;
  const wrong = (why: string) => new SweepError("spec", `${told}, and ${why}`);
  if (averaging.kind !== "power")
    throw wrong(`its averaging is "${averaging.kind}"; only averages of the kind "power" are kept within a run`);
  if (!snapshots) throw wrong("it keeps no snapshots; give its spec some, such as snapshots: { count: 4 }");
  const step = Math.round(at * steps);
  const training = canonicalJson(trainingOf(spec));
  const own = ((await checkpoints.snapshots?.()) ?? []).filter((snapshot) => snapshot.spec === training);
  if (!own.some((snapshot) => snapshot.step === step)) {
    const kept = [...new Set(own.map((snapshot) => snapshot.step))];
    throw wrong(`it has no snapshot of step ${step}; those that it has are of steps ${kept.join(", ") || "none"}`);
  }
  const average = await reconstructAverage(own, { width: Number(averaging.width), at: step });
  const { residual } = average;
  if (residual > LARGEST_RESIDUAL)
    throw wrong(
      `its snapshots, of widths ${snapshots.widths.join(" and ")}, do not give an average of width ${String(averaging.width)} there: ${(100 * residual).toFixed(0)} % of it is missing; give snapshots that width`,
    );
  const remarks =
    residual === 0 ? [] : [`of an average put together from snapshots, ${residual.toPrecision(2)} of it missing`];
  return { average, remarks };
};
