import type { Flops, IsoFlop, IsoFlopPrediction, Outcome, Run } from "@isoflop/scaling";
import { isoFlop, predictIsoFlop, predictPowerLaw } from "@isoflop/scaling";
import type { RunRecord } from "@isoflop/sweep";

export type DoneRun = Extract<RunRecord, { readonly state: "done" }>;

/** Which parameters stand on the axis. */
export type CountedParameters = "nonEmbedding" | "trainable";

/** Runs as the fits read them: nominal compute, N as chosen, D in image tokens. */
export const pointsOf = (records: readonly DoneRun[], counted: CountedParameters = "nonEmbedding"): Run[] =>
  records.map(({ id, spec, result }) => ({
    C: spec.budget,
    N: counted === "nonEmbedding" ? result.paramsNonEmbedding : result.params,
    D: result.tokens,
    loss: result.loss,
    seed: spec.seed,
    label: id,
  }));

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
