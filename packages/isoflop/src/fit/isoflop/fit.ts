import {
  bootstrapIsoFlop,
  type IntervalKind,
  type IsoFlop,
  type IsoFlopOptions,
  type IsoFlopResampling,
  isInterior,
  isoFlop,
  type OptimumMethodName,
  type RunWeights,
  refuse,
} from "@isoflop/scaling";
import type { Dropped, LoadedRuns } from "../../runs/load.js";
import { progress } from "../../words/progress.js";
import { pointsOf, type SavedFit, saved } from "../saved.js";

export interface IsoFlopAsked {
  readonly x?: "N" | "D";
  readonly loss?: "raw" | "log";
  readonly optimum?: OptimumMethodName;
  readonly weights?: RunWeights;
  /** Form of the surface from which the bias is taken, or `none`. */
  readonly correction?: string;
  readonly tolerance?: number;
  readonly budgets?: readonly number[];
  readonly quantity?: string | undefined;
  readonly bootstrap?: number;
  readonly resample?: IsoFlopResampling;
  readonly interval?: IntervalKind;
  readonly seed?: number;
}

/** Groups runs by compute, finds each budget's optimum and the laws through the optima. */
export const isoFlopThrough = (loaded: LoadedRuns, asked: IsoFlopAsked = {}): SavedFit<IsoFlop> => {
  const { x: axis, loss: scale, optimum, tolerance, budgets, quantity, weights, bootstrap } = asked;
  if (loaded.runs.length === 0) {
    const none = refuse("too-few-points", "there is no row that can be used");
    return saved<IsoFlop>("isoflop", none, { points: pointsOf(loaded), input: loaded.origin });
  }
  const options: IsoFlopOptions = { axis, scale, optimum, tolerance, budgets, quantity, weights };
  const { correction } = asked;
  const found = isoFlop(loaded.runs, { ...options, correction: correction === "none" ? false : correction });
  const fit = bootstrap === undefined ? found : { ...found, bootstrap: resampled(loaded, options, asked, bootstrap) };
  return saved<IsoFlop>("isoflop", fit, { points: pointsOf(loaded, refusedRows(fit)), input: loaded.origin });
};

const resampled = ({ runs }: LoadedRuns, options: IsoFlopOptions, asked: IsoFlopAsked, resamples: number) => {
  const { onProgress, end } = progress("bootstrap");
  const { resample, interval, seed = 0 } = asked;
  const outcome = bootstrapIsoFlop(runs, { ...options, resample, interval, resamples, seed, onProgress });
  end();
  return outcome;
};

/** Rows that enter no law, each with the reason of its budget. */
const refusedRows = ({ budgets, unassigned, choices }: IsoFlop): Dropped[] => {
  const refused = budgets.flatMap((profile) =>
    isInterior(profile)
      ? []
      : profile.runs.map((run): Dropped => ({ row: run.row!, reason: profile.status, message: profile.message })),
  );
  const far = `further than ${choices.tolerance} from every budget that was named`;
  return [
    ...refused,
    ...unassigned.map(({ row, C }): Dropped => ({ row: row!, reason: "no-budget", message: `C = ${C} is ${far}` })),
  ];
};
