import { type BudgetProfile, isInterior } from "@isoflop/scaling";
import { count, fixed, loss, scientific, significant } from "../chart/format.js";
import type { DrawnBudget } from "../figures/budgets.js";
import { exponentFormat, type LawName, lawNames } from "../figures/laws.js";
import type { PageTable } from "../page/section.js";
import { type Column, either, said, table } from "./columns.js";
import { hasExponent } from "./law-table.js";
import type { Laws } from "./parts.js";
import type { DrawnStudy, StudyTune, TimedRun } from "./study.js";

/** The optimum of every budget that was fitted. */
export const optimaTable = (budgets: readonly DrawnBudget[], quantity = "loss"): PageTable => {
  const optimum = (name: LawName, format: (value: number) => string) => (profile: BudgetProfile) =>
    isInterior(profile) ? format(profile.optimum[name].value) : "–";
  return table(
    [
      { head: "Budget", unit: "FLOPs", cell: ({ C }) => scientific(C), key: ({ C }) => C },
      { head: "N*", unit: "parameters", cell: optimum("N", count) },
      { head: "D*", unit: "tokens", cell: optimum("D", count) },
      {
        ...(quantity === "loss" ? { head: "L*", unit: "loss" } : { head: `${quantity}*` }),
        cell: optimum("loss", loss),
      },
      { head: "Minimum", cell: (profile) => (isInterior(profile) ? "interior" : `refused: ${profile.message}`) },
    ],
    budgets.flatMap(({ profile }) => (profile ? [profile] : [])),
  );
};

const names = (quantity: string) => ({
  N: "N, parameters",
  D: "D, tokens",
  loss: quantity === "loss" ? "L, loss" : quantity,
});

export const lawsTable = (laws: Laws, { published, offset }: DrawnStudy, quantity = "loss"): PageTable => {
  const columns: Column<LawName>[] = [
    { head: "Optimum", cell: (name) => names(quantity)[name] },
    { head: "Coefficient", cell: (name) => significant(laws[name].coefficient.value) },
    { head: "Exponent of C", cell: (name) => exponentFormat(name)(laws[name].exponent.value) },
    {
      head: "95 % interval",
      unit: "of the exponent",
      cell: (name) => laws[name].exponent.ci95.map(exponentFormat(name)).join(" to "),
    },
  ];
  if (published)
    columns.push({ head: "Published", unit: published.source, cell: (name) => exponentFormat(name)(published[name]) });
  return table(
    columns,
    lawNames.filter((name) => hasExponent(name, offset)),
  );
};

/** A column of what only some runs say; none where no run does. */
const where = <Row>(
  rows: readonly Row[],
  value: (row: Row) => number | undefined,
  column: Column<Row>,
): Column<Row>[] => (rows.some((row) => value(row) !== undefined) ? [{ key: value, ...column }] : []);

const nameOfRun = ({ id }: TimedRun): string => (id.length > 14 ? `${id.slice(0, 12)}…` : id);

const inOrder = (runs: readonly TimedRun[]): TimedRun[] => [...runs].sort((a, b) => a.C - b.C || a.N - b.N);

export const runsTable = ({ runs }: DrawnStudy): PageTable =>
  table(
    [
      { head: "Run", cell: nameOfRun },
      { head: "Budget", unit: "FLOPs", cell: (run) => scientific(run.C), key: (run) => run.C },
      ...where(runs, ({ width }) => width, { head: "Width", cell: ({ width }) => either(width) }),
      ...where(runs, ({ depth }) => depth, { head: "Depth", unit: "blocks", cell: ({ depth }) => either(depth) }),
      { head: "N", unit: "parameters", cell: (run) => count(run.N), key: (run) => run.N },
      { head: "D", unit: "tokens", cell: (run) => count(run.D), key: (run) => run.D },
      ...where(runs, ({ epochs }) => epochs, {
        head: "Epochs",
        cell: ({ epochs }) => either(epochs, (n) => significant(n, 3)),
      }),
      ...where(runs, ({ learningRate }) => learningRate, {
        head: "Rate",
        unit: "peak",
        cell: ({ learningRate }) => either(learningRate, (rate) => significant(rate, 3)),
      }),
      ...(new Set(runs.map(({ seed }) => seed)).size > 1
        ? where(runs, ({ seed }) => seed, { head: "Seed", cell: ({ seed }) => either(seed) })
        : []),
      { head: "Spent", unit: "FLOPs", cell: (run) => scientific(run.flops, 4), key: (run) => run.flops },
      { head: "Loss", unit: "validation", cell: (run) => loss(run.loss), key: (run) => run.loss },
      { head: "± s.e.", unit: "of the loss", cell: ({ sigma }) => said(sigma), key: ({ sigma }) => sigma },
      { head: "Time", unit: "s", cell: (run) => fixed(run.seconds, 1), key: (run) => run.seconds },
    ],
    inOrder(runs),
    true,
  );

/** Names of the metrics that runs have beside their loss. */
export const metricsOf = (runs: readonly TimedRun[]): string[] => [
  ...new Set(runs.flatMap(({ metrics = {} }) => Object.keys(metrics))),
];

/** Every further metric of every run, with its standard error where that is known. */
export const metricsTable = ({ runs }: DrawnStudy): PageTable =>
  table(
    [
      { head: "Run", cell: nameOfRun },
      { head: "Budget", unit: "FLOPs", cell: (run) => scientific(run.C), key: (run) => run.C },
      { head: "N", unit: "parameters", cell: (run) => count(run.N), key: (run) => run.N },
      ...metricsOf(runs).map(
        (name): Column<TimedRun> => ({
          head: name,
          unit: "± standard error",
          cell: ({ metrics, standardErrors }) => {
            const [value, error] = [metrics?.[name], standardErrors?.[name]];
            return either(value, significant) + (error === undefined ? "" : ` ± ${significant(error, 2)}`);
          },
          key: ({ metrics }) => metrics?.[name],
        }),
      ),
    ],
    inOrder(runs.filter(({ metrics = {} }) => Object.keys(metrics).length > 0)),
    true,
  );

/** Every run that was made to find the learning rate. */
export const tuneTable = ({ runs }: StudyTune): PageTable =>
  table(
    [
      { head: "Width", cell: ({ width }) => String(width), key: ({ width }) => width },
      {
        head: "Learning rate",
        cell: ({ learningRate }) => significant(learningRate, 3),
        key: ({ learningRate }) => learningRate,
      },
      { head: "Loss", unit: "validation", cell: (run) => loss(run.loss), key: (run) => run.loss },
      { head: "± s.e.", unit: "of the loss", cell: ({ sigma }) => said(sigma), key: ({ sigma }) => sigma },
    ],
    [...runs].sort((a, b) => a.width - b.width || a.learningRate - b.learningRate),
    true,
  );
