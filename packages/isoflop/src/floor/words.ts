import { buildObjective, predictionWords } from "@isoflop/diffusion";
import { num } from "../words/numbers.js";
import { type Passage, table, type Words } from "../words/passage.js";
import type { FloorDocument, LossFloors } from "./document.js";

/** What a person reads of floors. */
export const floorWords = ({ losses }: FloorDocument): Words => losses.flatMap(wordsOf);

const wordsOf = ({ name, source, objective, validation, floors, why }: LossFloors): Words => {
  if (why !== undefined) return [`${name}: no floor is known: ${why}`];
  const { path, errorIn, weighting, density } = buildObjective(objective);
  const loss = `${weighting.name} mean squared error of the ${predictionWords(errorIn)}, ${path.name} path, times ${density.name}`;
  return [
    `${name}: ${source}, ${validation.images} images of the split "${validation.split}"; ${loss}`,
    table(
      ["least loss, given the caption", "floor", "± standard error"],
      floors.map(({ prior, value, standardError }) => [whose(prior), num(value, 4), num(standardError, 2)]),
    ),
    byTime({ floors }),
  ];
};

const whose = (prior: string): string =>
  prior === "all" ? "of models that were not told what is held out" : `of any model that knows "${prior}" by heart`;

const byTime = ({ floors }: Pick<LossFloors, "floors">): Passage =>
  table(
    ["times, 0 data to 1 noise", ...floors.flatMap(({ prior }) => [prior, "±"])],
    floors[0]!.bins.map(({ from, to }, k) => [
      `${from.toFixed(3)} to ${to.toFixed(3)}`,
      ...floors.flatMap(({ bins }) => [num(bins[k]!.mean, 3), num(bins[k]!.stdErr, 2)]),
    ]),
  );
