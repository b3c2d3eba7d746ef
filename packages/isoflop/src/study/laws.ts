import { type IsoFlop, isoFlop } from "@isoflop/scaling";
import { type CountedParameters, type DoneRun, pointsOf } from "../runs/point.js";

/** IsoFLOP parabolas in ln N and the power laws through their vertices. */
export const fitLaws = (runs: readonly DoneRun[], counted?: CountedParameters): IsoFlop =>
  isoFlop(pointsOf(runs, counted));
