import { type Objective, objectiveOn, translated } from "@isoflop/diffusion";
import type { Captions } from "../captions.js";
import { must } from "../errors.js";
import type { Network } from "../network.js";
import { buildObjective, type ObjectiveSpec } from "../objective.js";
import type { MetricInputs, PlannedInputs } from "./metric.js";

/** @throws TrainError `spec` unless a network's answers are all that an objective is of: with a learned variance, or a bound, there is more to it */
const checkPlain = (name: string, { variance, loss }: ObjectiveSpec): void => {
  const right = "networks of unlike objectives are measured alike by their squared error alone";
  must(variance !== "learnedRange", "spec", `${name}.variance is "learnedRange"; it must be fixed: ${right}`);
  must(loss === undefined || loss === "mse", "spec", `${name}.loss is "${loss}"; it must be "mse": ${right}`);
};

/** @throws TrainError `spec` for an objective that a run's model cannot be measured in */
export const checkObjective = ({ spec }: PlannedInputs, asked: ObjectiveSpec | undefined): void => {
  if (asked === undefined) return;
  checkPlain("metric.objective", asked);
  checkPlain("objective", spec.objective);
};

/** A network of one objective as one of another: asked at equal noise to signal. */
const asOf = <P>(model: Network<P>, from: Objective, to: Objective): Network<P> => ({
  ...model,
  apply: (params, x, t, captions) =>
    translated((y, s, told: Captions) => model.apply(params, y, s, told), from, to)(x, t, captions),
});

/** The model and objective of a run in which it is measured: its own, or as a network of the one that is asked for, whose samples are then the same for all. */
export const measuredIn = (
  { model, objective, device }: MetricInputs,
  asked: ObjectiveSpec | undefined,
): Pick<MetricInputs, "model" | "objective"> => {
  if (asked === undefined) return { model, objective };
  const [from, to] = [objective, buildObjective(asked)].map((one) => objectiveOn(one, device)) as [
    Objective,
    Objective,
  ];
  const same = from.path.name === to.path.name && JSON.stringify(from.prediction) === JSON.stringify(to.prediction);
  return { model: same ? model : asOf(model, from, to), objective: to };
};
