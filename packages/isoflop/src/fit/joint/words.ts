import { type Estimate, type JointFit, type JointPart, jointExponents } from "@isoflop/scaling";
import { estimateCells, num, percent, plural, round } from "../../words/numbers.js";
import { type Passage, table, type Words } from "../../words/passage.js";
import { pointsUsed } from "../points.js";
import { rehearsalsTable } from "../rehearsals.js";
import type { SavedFit } from "../saved.js";

/** What a person reads of the joint fit. */
export const jointWords = (saved: SavedFit<JointFit>): Words => {
  const { fit } = saved;
  if (!fit) return [pointsUsed(saved)];
  const tables = fit.parts.map((part) => partTable(part, fit));
  const both = fit.parts.length > 1 ? [quotedTable(saved)] : [];
  return [pointsUsed(saved), ...tables, ...both, rehearsalsTable(fit.rehearsals)];
};

const partTable = (part: JointPart, { floor }: JointFit): Passage => {
  const { over, computes, points, exponents, lackOfFit, noise, birge, residualStandardDeviation } = part;
  const which = over === "all" ? "all budgets" : "without the smallest";
  const noiseText =
    noise === undefined
      ? `no runs are repeated: the noise of a run is the scatter about the fit, ${percent(residualStandardDeviation)}`
      : `noise of a run ${percent(noise.standardDeviation)} from ${plural(noise.cells, "repeated model")}, ${percent(residualStandardDeviation)} about the fit`;
  return {
    ...table(
      [
        `${which}, ${plural(points, "run")} from ${round(computes[0])} to ${round(computes[1])}`,
        "value",
        "std. error",
        "95 % interval",
      ],
      [
        ["exponent of N*", ...estimateCells(exponents.N)],
        ["its drift over that range", ...estimateCells(exponents.drift)],
        ["exponent of D*", ...estimateCells(exponents.D)],
        ["exponent of L* − E", ...estimateCells(exponents.loss)],
        ["floor E", ...estimateCells(part.floor)],
      ],
    ),
    notes: [
      noiseText,
      lackOfFit.ok
        ? `lack of fit against pure error: F = ${num(lackOfFit.statistic, 3)}, p = ${num(lackOfFit.pValue, 2)}${birge > 1 ? `; errors of the law are ${num(birge, 3)} times as wide for it` : ""}`
        : `lack of fit: refused, ${lackOfFit.message}`,
      floor && over === "all" ? `floors are sought above ${num(floor.value)} ± ${num(floor.standardError, 2)}` : false,
    ].filter((line) => typeof line === "string"),
  };
};

const quotedTable = (saved: SavedFit<JointFit>): Passage =>
  table(
    ["either of them, as it is quoted", "value", "std. error", "95 % interval"],
    Object.entries(exponentsOf(saved)).map(([name, found]) => [`exponent of ${name}`, ...estimateCells(found)]),
  );

/** The exponents that it is quoted by, for groups side by side. */
export const exponentsOf = ({ fit }: Pick<SavedFit<JointFit>, "fit">): Record<string, Estimate> => {
  if (!fit) return {};
  const { N, D } = jointExponents(fit);
  return { "N*": N, "D*": D };
};
