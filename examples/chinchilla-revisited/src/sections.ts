import { isInterior } from "@isoflop/scaling";
import { interval, num, type Passage, round, signedPercent, table } from "isoflop/words";
import type { Analysis } from "./analysis.js";
import { comparedEstimates } from "./estimates.js";
import { budgets, tolerance } from "./isoflop.js";
import { nominal } from "./nominal.js";

/** Everything the terminal prints, and the page under its figures. */
export const sections = (analysis: Analysis) =>
  ({
    runs: runsSection(analysis),
    isoFlop: isoFlopSection(analysis),
    surface: surfaceSection(analysis),
    methods: methodsSection(analysis),
    choices: choicesSection(analysis),
  }) satisfies Record<string, Passage>;

const runsSection = ({ loaded: { all, used, leftOut } }: Analysis): Passage => ({
  title: `Runs: ${used.length} of ${all.length}`,
  notes: [
    "N parameters, C training FLOPs, D = C / 6N tokens.",
    `Left out: ${leftOut.map(({ row, reason }) => `row ${row} (${reason})`).join(", ") || "none"}.`,
  ],
});

const isoFlopSection = ({ isoFlop: { fit, bias } }: Analysis): Passage => {
  const groups = fit.budgets.map((budget): string[] => {
    const found = isInterior(budget);
    const { N, D, loss } = found ? budget.optimum : { N: undefined, D: undefined, loss: undefined };
    const cells = [N, D, loss].map((estimate) => (estimate ? num(estimate.value, 4) : "–"));
    const remarks = found ? budget.warnings.join(", ") : budget.status;
    return [round(nominal(budget.C)), String(budget.points), ...cells, remarks];
  });
  return {
    title: "Approach 2: a parabola per budget",
    ...table(["budget, FLOPs", "runs", "N*", "D*", "loss", "remarks"], groups, 0),
    notes: [
      `A run belongs to the nearest of ${budgets.length} budgets, from ${round(budgets[0]!)} to ${round(budgets.at(-1)!)}, within ${100 * tolerance} %; ${fit.unassigned.length} belong to none.`,
      bias.ok
        ? `If the log-Huber surface were true, this grid without noise would give an exponent ${bias.a >= 0 ? "+" : "−"}${Math.abs(bias.a).toFixed(4)} off, and N* at the target ${signedPercent(bias.N, 1)}.`
        : `The parabola's bias is unknown: ${bias.message}.`,
    ],
  };
};

const surfaceSection = ({ huber, squares, logSquares }: Analysis): Passage => {
  const rows = [
    ["log-Huber (Approach 3)", huber],
    ["squares of L, by variable projection", squares],
    ["squares of ln L", logSquares],
  ] as const;
  return {
    title: "Approach 3 and least squares: L = E + A/N^alpha + B/D^beta",
    ...table(
      ["objective", "its sum", "scatter of ln L", "status", "starts that reached it"],
      rows.map(([name, { fit }]) => [
        name,
        num(fit.objective.value, 9),
        num(fit.residualStandardDeviation, 3),
        fit.status,
        `${fit.starts.reachedBest} of ${fit.starts.tried}`,
      ]),
    ),
  };
};

const methodsSection = (analysis: Analysis): Passage => {
  const { target, resamples, reference, isoFlop } = analysis;
  const rows = comparedEstimates(analysis).flatMap((compared) =>
    compared.estimates.map(({ method, estimate }, i): string[] => {
      const [low, high] = estimate.ci95;
      const held = compared.reference;
      return [
        i === 0 ? compared.name : "",
        method,
        num(estimate.value, 4),
        interval(estimate.ci95, 4),
        ...(held === undefined ? [] : [num(held, 4), low <= held && held <= high ? "inside" : "outside"]),
      ];
    }),
  );
  return {
    title: `Four methods: N* ~ C^a, and N*, D* at ${round(target)} FLOPs = 6ND`,
    ...table(["", "method", "value", "95 % interval", ...(reference ? [reference.label, ""] : [])], rows, 2),
    notes: [
      `Percentile intervals of ${resamples} seeded resamples of the runs, within budgets for the parabolas.`,
      ...(isoFlop.answer.ok ? [] : [`The parabolas answer nothing: ${isoFlop.answer.message}.`]),
    ],
  };
};

const choicesSection = ({ forms, unfiltered, huber, loaded }: Analysis): Passage => ({
  title: "What the choices decide",
  ...table(
    ["form, by squares of ln L", "ΔAICc", "status"],
    forms.map(({ form, deltaAicc, status }) => [form, deltaAicc.toFixed(1), status]),
  ),
  notes: [
    `With all ${loaded.all.length} runs the log-Huber surface has a = ${num(unfiltered.a, 4)}, alpha ${num(unfiltered.alpha, 4)} and beta ${num(unfiltered.beta, 4)}; without the highest losses a = ${num(huber.answer.a.value, 4)}.`,
  ],
});
