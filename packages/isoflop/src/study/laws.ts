import type { Flops, IsoFlop, IsoFlopPrediction, Outcome } from "@isoflop/scaling";
import { isoFlop, predictIsoFlop, predictPowerLaw } from "@isoflop/scaling";
import { type CountedParameters, type DoneRun, pointsOf } from "../runs/point.js";

/** IsoFLOP parabolas in ln N and the power laws through their vertices. */
export const fitLaws = (records: readonly DoneRun[], counted?: CountedParameters): IsoFlop =>
  isoFlop(pointsOf(records, counted));

/** What the laws say about a budget nobody has trained at. */
export const predictBudget = (laws: IsoFlop, budget: Flops, n?: number): Outcome<IsoFlopPrediction> =>
  predictIsoFlop(laws, budget, n === undefined ? {} : { N: n });

/** Points of a law and its 95 % band between two budgets. */
export const bandOf = (law: IsoFlop["N"], from: Flops, to: Flops, points = 32) =>
  law.ok
    ? Array.from({ length: points }, (_, i) => {
        const compute = from * (to / from) ** (i / (points - 1));
        const [low, high] = predictPowerLaw(law, compute).ci95;
        return { compute, low, high };
      })
    : [];
