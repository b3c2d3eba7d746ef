import { type JointFit, jointFitAsync, type MeasuredFloor, refuse } from "@isoflop/scaling";
import { type LoadedRuns, ofQuantity } from "../../runs/load.js";
import { progress } from "../../words/progress.js";
import { LOSS } from "../../words/quantity.js";
import { pointsOf, type SavedFit, saved } from "../saved.js";

export interface JointAsked {
  readonly quantity?: string | undefined;
  /** A measured lower bound of the loss. */
  readonly floor?: MeasuredFloor | undefined;
}

/** Every isoFLOP curve in one fit. */
export const jointThrough = async (all: LoadedRuns, asked: JointAsked = {}): Promise<SavedFit<JointFit>> => {
  const { quantity = LOSS, floor } = asked;
  if (all.runs.length === 0) {
    const none = refuse("too-few-points", "there is no row that can be used");
    return saved<JointFit>("joint", none, { points: pointsOf(all), input: all.origin });
  }
  const loaded = ofQuantity(all, quantity);
  const { onProgress, end } = progress("joint fit");
  const outcome = await jointFitAsync(loaded.runs, { quantity, floor, onProgress });
  end();
  return saved("joint", outcome, { points: pointsOf(loaded), input: loaded.origin });
};
