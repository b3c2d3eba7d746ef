import { formOfLaw, type LevelSum, type NoiseLevel, type NoiseLevels } from "@isoflop/scaling";
import { shown } from "../files/read.js";
import { interval, num, percent, plural, round } from "../words/numbers.js";
import { type Passage, table, type Words } from "../words/passage.js";
import type { LevelsDocument } from "./levels.js";

/** What a person reads of laws by noise level. */
export const levelsWords = ({ levels, points, input, status, message, from, cautions = [] }: LevelsDocument): Words => {
  const { sums } = levels;
  return [
    `${shown(input.file)}: ${plural(points.used, "run")} with ${fromWords(from, levels)} each, ${points.dropped.length} dropped`,
    ...cautions.map((caution) => `caution: ${caution}`),
    status !== "converged" && `${sums.ok ? "caution" : "refused"}: ${status}: ${message}`,
    levelTable(levels),
    ...(sums.ok ? sums.sums.map((sum, i) => sumTable(sum, i > 0 ? from : undefined)) : []),
    sums.ok &&
      `intervals of ${plural(sums.resamples, "resample")} of the runs${sums.failed > 0 ? `, ${sums.failed} left out` : ""}`,
  ];
};

const fromWords = (from: LevelsDocument["from"], { levels }: NoiseLevels): string => {
  if (!from) return plural(levels.length, "time");
  const parts = `${plural(from.bins, "part")} of the clock`;
  return from.kind === "samples" ? `the losses of ${from.samples} samples in ${parts}` : `the means of ${parts}`;
};

const levelTable = ({ levels, form }: NoiseLevels): Passage => {
  const rows = levels.map(({ t, width, fit }) => [num(t, 3), num(width, 2), ...cellsOf(fit)]);
  return table(["t", "width", `${form}: floor`, "95 % interval", "exponent of N*", "95 % interval", ""], rows);
};

const cellsOf = (fit: NoiseLevel["fit"]): string[] => {
  if (!fit.ok) return ["–", "", "–", "", fit.reason];
  const status = fit.status === "converged" ? "" : fit.status;
  if (fit.record === "surface") {
    const { allocation, parameters } = fit;
    const floor = parameters.E;
    const N = allocation?.N.exponent;
    return [
      ...(floor ? [num(floor.value, 4), interval(floor.ci95, 4)] : ["–", ""]),
      ...(N ? [num(N.value, 4), interval(N.ci95, 4)] : ["–", ""]),
      status,
    ];
  }
  const floor = formOfLaw(fit.law).floor?.(fit.law);
  return [...(floor ? [num(floor.value, 4), interval(floor.ci95, 4)] : ["–", ""]), "–", "", status];
};

const sumTable = (
  { name, at, exponent, lossExponent, floor, direct, apart }: LevelSum,
  from: LevelsDocument["from"],
): Passage => {
  const sized = at.some(({ N }) => N !== undefined);
  const compared = at.some(({ ratio }) => ratio !== undefined);
  return {
    title: name,
    ...table(
      [
        "C, FLOPs",
        ...(sized ? ["N*", "95 % interval", "D*"] : []),
        "L*",
        "95 % interval",
        ...(compared ? ["N* / N* of training", "95 % interval"] : []),
      ],
      at.map(({ C, N, D, loss, ratio }) => [
        round(C),
        ...(N && D ? [num(N.value), interval(N.ci95, 4), num(D.value)] : []),
        num(loss.value),
        interval(loss.ci95),
        ...(ratio ? [num(ratio.value, 4), interval(ratio.ci95, 4)] : []),
      ]),
    ),
    notes: [
      ...(exponent
        ? [`N* ~ C ^ ${num(exponent.N.value, 4)}, ${interval(exponent.N.ci95, 4)}, over the compute of the runs`]
        : []),
      `L* − floor ~ C ^ ${num(lossExponent.value, 4)}, ${interval(lossExponent.ci95, 4)}; floor ${num(floor.value, 4)}, ${interval(floor.ci95, 4)}`,
      directWords(direct),
      ...(from ? [approximationWords(from, apart)] : []),
    ],
  };
};

/** By what the losses of training became those that are asked. */
const approximationWords = (from: NonNullable<LevelsDocument["from"]>, apart = 0): string =>
  from.kind === "samples"
    ? `that fit is through the means of the samples by importance weights; sums of the parts, in each of which the loss is taken to go with time as the mean of all runs does, differ from them by at most ${percent(apart)}`
    : "parts of the clock are weighed as if the error of EDM's F were even in each: no run's samples are known";

const directWords = (direct: LevelSum["direct"]): string => {
  if (!direct.ok) return `one fit through the summed losses: refused, ${direct.message}`;
  if (direct.record === "law")
    return `one law through the summed losses: ${formOfLaw(direct.law).equation(direct.law, { x: "C", y: "L" }, num)}`;
  const N = direct.allocation?.N.exponent;
  return `one fit through the summed losses: ${N ? `N* ~ C ^ ${num(N.value, 4)}, ${interval(N.ci95, 4)}` : "no optimum"}`;
};
