import type { HyperparameterFit } from "@isoflop/scaling";
import { estimateCells, interval, num, percent, plural, round } from "../../words/numbers.js";
import { type Passage, table, type Words } from "../../words/passage.js";
import { pointsUsed } from "../points.js";
import type { SavedFit } from "../saved.js";

/** What a person reads of hyperparameter laws. */
export const hyperparameterWords = (saved: SavedFit<HyperparameterFit>): Words => {
  const { fit } = saved;
  if (!fit) return [pointsUsed(saved)];
  return [pointsUsed(saved), ...lawTables(fit), fit.method === "cells" && cellTable(fit), costTable(fit)];
};

const methods: Readonly<Record<HyperparameterFit["method"], string>> = {
  optima: "least squares through the given optima",
  cells: "through the minima of the cells, weighted by their errors",
  joint: "one basin for all cells, whose minimum follows the law",
};

const lawTables = ({ laws, method }: HyperparameterFit): Passage[] =>
  Object.entries(laws).map(([name, law]) => ({
    ...table(
      [
        `${name} = coefficient · ${law.predictors.map((one) => `${one.length > 1 ? `(${one})` : one}^…`).join(" · ")}`,
        "value",
        "std. error",
        "95 % interval",
      ],
      [
        ["coefficient", ...estimateCells(law.coefficient)],
        ...law.predictors.map((one) => [`exponent of ${one}`, ...estimateCells(law.exponents[one]!)]),
      ],
    ),
    notes: [
      methods[method],
      law.birge === undefined
        ? ""
        : `the optima scatter about the law ${num(law.birge, 3)} times as much as their own errors say`,
    ].filter((line) => line !== ""),
  }));

const cellTable = ({ cells, laws }: HyperparameterFit): Passage => {
  const names = Object.keys(laws);
  const shared = Object.keys(cells[0]?.at ?? {});
  return table(
    [...shared, "runs", ...names.flatMap((name) => [`best ${name}`, "95 % interval"]), "least loss", "minimum"],
    cells.map(({ at, losses, optimum, loss, refused }) => [
      ...shared.map((name) => round(at[name]!)),
      String(losses.length),
      ...names.flatMap((name) =>
        optimum ? [num(optimum[name]!.value, 4), interval(optimum[name]!.ci95, 3)] : ["–", "–"],
      ),
      loss === undefined ? "–" : num(loss),
      refused ? `refused: ${refused.reason}` : "interior",
    ]),
    shared.length,
  );
};

const costTable = ({ sensitivity, scale, noise }: HyperparameterFit): Passage | undefined => {
  if (!sensitivity || !noise) return undefined;
  const shown = (value: number) => (scale === "log" ? percent(value) : num(value, 3));
  return {
    ...table(
      ["what being off costs", "curvature κ", "by a factor of 2", "95 % interval"],
      Object.entries(sensitivity).map(([name, { curvature, factor2 }]) => [
        name,
        num(curvature.value, 4),
        shown(factor2.value),
        `[${shown(factor2.ci95[0])}, ${shown(factor2.ci95[1])}]`,
      ]),
    ),
    notes: [
      `${scale === "log" ? "ln loss" : "loss"} = least + κ (ln y − ln y*)²; noise of a run ${shown(noise.standardDeviation)}, from ${plural(noise.degreesOfFreedom, "degree")} of freedom`,
    ],
  };
};
