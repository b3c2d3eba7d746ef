import {
  type Estimate,
  type IsoFlop,
  isInterior,
  type Outcome,
  type PowerLaw,
  type SaturatingLaw,
} from "@isoflop/scaling";
import { estimateCells, interval, num, plural, round } from "../../words/numbers.js";
import { type Passage, table, type Words } from "../../words/passage.js";
import { LOSS, symbol } from "../../words/quantity.js";
import { pointsUsed } from "../points.js";
import type { SavedFit } from "../saved.js";

const statuses = {
  interior: "interior",
  "edge-minimum": "refused: minimum at the edge",
  "not-convex": "refused: no minimum",
  "too-few-sizes": "refused: too few sizes",
} as const;

/** What a person reads of an isoFLOP fit. */
export const isoFlopWords = (saved: SavedFit<IsoFlop>): Words => [
  pointsUsed(saved),
  ...(saved.fit ? optimaAndLaws(saved.fit) : []),
];

/** The exponents of the laws that there are. */
export const exponentsOf = ({ fit }: SavedFit<IsoFlop>): Record<string, Estimate> =>
  Object.fromEntries(
    (["N", "D", "loss"] as const).flatMap((name) => {
      const law = fit?.[name];
      return law?.ok ? [[`${name}*`, law.exponent] as const] : [];
    }),
  );

/** The optima of the budgets, the laws through them, and how they were found. */
export const optimaAndLaws = (fit: IsoFlop): Words => {
  const { optimum, scale, axis, quantity, tolerance } = fit.choices;
  return [
    budgetsTable(fit),
    table(
      ["y = coefficient · C^exponent", "coefficient", "exponent", "std. error", "95 % interval", "r²"],
      [
        lawRow("N, parameters", fit.N),
        lawRow("D, tokens", fit.D),
        lawRow(quantity === LOSS ? "L, loss" : quantity, fit.loss),
      ],
    ),
    floorText(fit.lossWithFloor, quantity),
    resampled(fit),
    `minimum in ln ${axis} by ${optimum} of the ${scale === "log" ? "logarithm of the " : ""}${quantity}; budgets within ${round(100 * tolerance)} %`,
  ];
};

const budgetsTable = ({ budgets, choices }: IsoFlop): Passage =>
  table(
    ["C, FLOPs", "runs", "sizes", "N*", "D*", `${symbol(choices.quantity)}*`, "minimum"],
    budgets.map((budget) => {
      const counts = [round(budget.C), String(budget.points), String(budget.sizes)];
      const remark = budget.warnings.length > 0 ? ` (${budget.warnings.join(", ")})` : "";
      const status = `${statuses[budget.status]}${remark}`;
      if (!isInterior(budget)) return [...counts, "–", "–", "–", status];
      const { N, D, loss } = budget.optimum;
      return [...counts, num(N.value), num(D.value), num(loss.value), status];
    }),
  );

const lawRow = (name: string, law: Outcome<PowerLaw>): string[] => {
  if (!law.ok) return [name, "–", "–", "–", "–", `refused: ${law.reason}`];
  const [exponent, error, ci95] = estimateCells(law.exponent);
  return [name, num(law.coefficient.value), exponent!, error!, ci95!, num(law.r2, 6)];
};

const floorText = (law: Outcome<SaturatingLaw>, quantity: string): string => {
  if (!law.ok) return `with a floor: refused, ${law.message}`;
  const { floor, coefficient, exponent, status } = law;
  const remark = { converged: "", bound: "; no floor is seen", unidentified: "; a floor of zero is as likely" }[status];
  return `with a floor: ${symbol(quantity)} = ${num(floor.value)} + ${num(coefficient.value)} · C^−${num(exponent.value)}, floor ${interval(floor.ci95)}${remark}`;
};

const resampled = ({ bootstrap }: IsoFlop): Passage | string | undefined => {
  if (!bootstrap) return undefined;
  if (!bootstrap.ok) return `bootstrap refused: ${bootstrap.message}`;
  const rows = (["N", "D", "loss"] as const).map((name) => {
    const { median, standardError, ci95 } = bootstrap[name].exponent;
    return [name, num(median, 6), num(standardError, 3), interval(ci95)];
  });
  const head = `exponent, ${plural(bootstrap.resamples, "resample")}`;
  return {
    ...table([head, "median", "std. error", "95 % interval"], rows),
    notes: bootstrap.failed > 0 ? [`${plural(bootstrap.failed, "resample")} refused and left out`] : [],
  };
};
