import type { ScheduleFit } from "@isoflop/scaling";
import { estimateCells, num, percent, plural } from "../../words/numbers.js";
import { table, type Words } from "../../words/passage.js";
import { pointsUsed } from "../points.js";
import type { SavedFit } from "../saved.js";

/** What a person reads of a schedule law. */
export const scheduleWords = (saved: SavedFit<ScheduleFit>): Words => {
  const { fit } = saved;
  if (!fit) return [pointsUsed(saved)];
  const { parameters, curves, residualStandardDeviation, autocorrelation, points, degreesOfFreedom, objective } = fit;
  const formula =
    "B" in parameters
      ? "L = L0 + A S^−alpha − B Σ falls · G, G = 1 − (1 + C x)^−beta, x = lr^−gamma S_k"
      : "L = L0 + A S^−alpha";
  return [
    pointsUsed(saved),
    table(
      [formula, "value", "std. error", "95 % interval"],
      Object.entries(parameters).map(([name, estimate]) => [name, ...estimateCells(estimate)]),
    ),
    table(
      ["curve", "points", "last step", "peak rate", "last rate", "last loss"],
      curves.map(({ name, step, loss, schedule }) => [
        name,
        String(step.length),
        num(schedule.step.at(-1)!),
        num(Math.max(...schedule.rate), 4),
        num(schedule.rate.at(-1)!, 4),
        loss.length > 0 ? num(loss.at(-1)!) : "–",
      ]),
    ),
    {
      notes: [
        `residuals of ln L: ${percent(residualStandardDeviation)}, like their neighbours by ${num(autocorrelation, 3)}: ${plural(points, "point")} are worth ${num(degreesOfFreedom, 3)} degrees of freedom`,
        `objective ${objective.name} (δ ${num(objective.delta, 3)}), sum over points: ${num(objective.value, 6)}`,
      ],
    },
  ];
};
