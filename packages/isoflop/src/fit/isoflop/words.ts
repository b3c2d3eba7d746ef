import {
  type Estimate,
  type IsoFlop,
  isInterior,
  type Outcome,
  optimumMethods,
  type PowerLaw,
  type SaturatingLaw,
} from "@isoflop/scaling";
import { estimateCells, interval, num, percent, plural, round, signedPercent } from "../../words/numbers.js";
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
  const { optimum, scale, axis, quantity, tolerance, weights } = fit.choices;
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
    ...correctionWords(fit),
    resampled(fit),
    `minimum in ln ${axis} by ${optimumMethods.get(optimum).noun} of the ${scale === "log" ? "logarithm of the " : ""}${quantity}; budgets within ${round(100 * tolerance)} %${weights === "sigma" ? "; runs weigh by their sigma" : ""}`,
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

/** What the laws do not hold, and the laws that do where that matters. */
const correctionWords = (fit: IsoFlop): Words => {
  const { warnings = [], corrected, choices } = fit;
  const cautions = warnings.map(({ message }) => `caution: ${message}`);
  if (!corrected) return cautions;
  const { noun } = optimumMethods.get(choices.optimum);
  if (!corrected.ok) return [...cautions, fit.N.ok && `the bias of the ${noun} is not known: ${corrected.message}`];
  if (warnings.length === 0) return [`no bias of the ${noun} that matters, by a surface through these runs`];
  const { form, parameters, noise } = corrected;
  const of = Object.entries(parameters).map(([name, value]) => `${name} ${num(value, 4)}`);
  return [
    ...cautions,
    {
      ...table(
        [`without the bias of the ${noun}`, "coefficient", "exponent", "std. error", "95 % interval"],
        (["N", "D", "loss"] as const).map((name) => {
          const { coefficient, exponent } = corrected[name];
          const [value, error, ci95] = estimateCells(exponent);
          const label = name === "loss" ? symbol(choices.quantity) : name;
          return [label, num(coefficient.value), value!, error!, ci95!];
        }),
      ),
      notes: [
        `by ${form === "slices" ? "slices of a surface, one a budget," : `a surface of form ${form}`} through these runs: ${of.join(", ")}; scatter ${percent(noise.standardDeviation)}`,
        `by what share the optima were off: ${corrected.budgets.map(({ bias }) => signedPercent(bias.N, 1)).join(", ")} (N*)`,
      ],
    },
  ];
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
