import {
  type MeasuredFloor,
  type RollOut,
  type RollOutAxis,
  refuse,
  rollOutAsync,
  sigmaWeight,
} from "@isoflop/scaling";
import { type LoadedRuns, ofQuantity } from "../../runs/load.js";
import { progress } from "../../words/progress.js";
import { LOSS } from "../../words/quantity.js";
import { pointsOf, type SavedFit, saved } from "../saved.js";

export interface RollOutAsked {
  readonly quantity?: string | undefined;
  readonly forms?: readonly string[];
  readonly along?: readonly RollOutAxis[];
  readonly weights?: "alike" | "sigma";
  /** A measured lower bound of the loss. */
  readonly floor?: MeasuredFloor | undefined;
}

/** Forms of surface side by side through all runs. */
export const rollOutThrough = async (all: LoadedRuns, asked: RollOutAsked = {}): Promise<SavedFit<RollOut>> => {
  const { quantity = LOSS, forms, along, weights, floor } = asked;
  if (all.runs.length === 0) {
    const none = refuse("too-few-points", "there is no row that can be used");
    return saved<RollOut>("rollout", none, { points: pointsOf(all), input: all.origin });
  }
  const loaded = ofQuantity(all, quantity);
  const { onProgress, end } = progress("roll-out");
  const weight = weights === "sigma" ? sigmaWeight(loaded.runs) : undefined;
  const outcome = await rollOutAsync(loaded.runs, { quantity, forms, along, weight, floor, onProgress });
  end();
  return saved("rollout", outcome, { points: pointsOf(loaded), input: loaded.origin });
};
