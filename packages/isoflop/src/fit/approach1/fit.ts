import { type Approach1, approach1, type CurveKey, trainingCurves } from "@isoflop/scaling";
import { type Dropped, type LoadedRuns, ofQuantity } from "../../runs/load.js";
import { progress } from "../../words/progress.js";
import { LOSS } from "../../words/quantity.js";
import { pointsOf, type SavedFit, saved } from "../saved.js";

export interface Approach1Asked {
  readonly quantity?: string | undefined;
  readonly by?: CurveKey;
  readonly bins?: number;
  readonly range?: readonly [number, number];
  readonly bootstrap?: number;
  readonly resample?: "curve" | "size";
  readonly seed?: number;
}

/** Sorts checkpoints into curves, takes their envelope and the laws through it. */
export const approach1Through = (all: LoadedRuns, asked: Approach1Asked = {}): SavedFit<Approach1> => {
  const { quantity = LOSS, by, bins, range, bootstrap: resamples, resample, seed } = asked;
  const loaded = ofQuantity(all, quantity);
  const { curves, single } = trainingCurves(loaded.runs, by);
  const { onProgress, end } = progress("bootstrap");
  const fit = approach1(curves, { quantity, bins, range, resamples, resample, seed, onProgress });
  end();
  const alone = single.map(
    ({ row }): Dropped => ({ row: row!, reason: "too-few-points", message: "the only checkpoint of its curve" }),
  );
  return saved<Approach1>("approach1", fit, { points: pointsOf(loaded, alone), input: loaded.origin });
};
