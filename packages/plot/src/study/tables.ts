import { type BudgetProfile, isInterior, type PowerLaw, predictPowerLaw } from "@isoflop/scaling";
import { count, fixed, flops, loss, scientific, signedPercent, significant } from "../chart/format.js";
import type { DrawnBudget } from "../figures/budgets.js";
import { exponentFormat, type HeldOut, type LawName, lawNames } from "../figures/laws.js";
import type { PageTable } from "../page/section.js";
import type { Laws } from "./parts.js";
import { type DrawnStudy, type HeldOutMethod, methodNames } from "./study.js";

interface Column<Row> {
  readonly head: string;
  /** Unit, below the head. */
  readonly unit?: string;
  readonly cell: (row: Row) => string;
  /** Value by which the column sorts; one without it sorts as text. */
  readonly key?: (row: Row) => number;
}

const table = <Row>(columns: readonly Column<Row>[], rows: readonly Row[], sortable = false): PageTable => ({
  head: columns.map(({ head }) => head),
  units: columns.map(({ unit }) => unit),
  rows: rows.map((row) => columns.map(({ cell }) => cell(row))),
  names: columns[0]?.key ? 0 : 1,
  ...(sortable && { keys: rows.map((row) => columns.map(({ key, cell }) => key?.(row) ?? cell(row))) }),
});

/** A loss, or that there is none. */
const said = (value: number | undefined): string => (value === undefined ? "–" : loss(value));

/** The optimum of every budget that was fitted. */
export const optimaTable = (budgets: readonly DrawnBudget[]): PageTable => {
  const optimum = (name: LawName, format: (value: number) => string) => (profile: BudgetProfile) =>
    isInterior(profile) ? format(profile.optimum[name].value) : "–";
  return table(
    [
      { head: "Budget", unit: "FLOPs", cell: ({ C }) => scientific(C), key: ({ C }) => C },
      { head: "N*", unit: "parameters", cell: optimum("N", count) },
      { head: "D*", unit: "tokens", cell: optimum("D", count) },
      { head: "L*", unit: "loss", cell: optimum("loss", loss) },
      { head: "Minimum", cell: (profile) => (isInterior(profile) ? "interior" : `refused: ${profile.message}`) },
    ],
    budgets.flatMap(({ profile }) => (profile ? [profile] : [])),
  );
};

const names = { N: "N, parameters", D: "D, tokens", loss: "L, loss" };

export const lawsTable = (laws: Laws, { published }: DrawnStudy): PageTable => {
  const columns: Column<LawName>[] = [
    { head: "Optimum", cell: (name) => names[name] },
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
  return table(columns, lawNames);
};

export const heldOutTable = ({ prediction, measured }: HeldOut, laws: Laws): PageTable => {
  const { C } = prediction.given;
  const predicted = prediction.predicted.loss;
  const at = (law: PowerLaw) => count(predictPowerLaw(law, C).value);
  return {
    head: ["Held-out budget", flops(C)],
    rows: [
      ["Optimal size by the law", `${at(laws.N)} parameters`],
      ["Optimal data by the law", `${at(laws.D)} tokens`],
      ["Predicted loss", loss(predicted.value)],
      ["95 % prediction interval", predicted.interval95?.map(loss).join(" to ") ?? "–"],
      ["Measured loss", said(measured?.value)],
      ["Standard error", said(measured?.standardError)],
      ["Measured − predicted", measured ? signedPercent(measured.value / predicted.value - 1, 2) : "–"],
    ],
    names: 1,
  };
};

/** What each method said of the held-out budget, and how far the measured loss is from it. */
export const methodsTable = (methods: readonly HeldOutMethod[], measured: number | undefined): PageTable =>
  table(
    [
      { head: "Method", cell: ({ method }) => methodNames[method] },
      { head: "N*", unit: "parameters", cell: ({ N }) => count(N.value) },
      { head: "Loss", unit: "of the trained size", cell: (one) => loss(one.loss.value) },
      { head: "95 % interval", unit: "of one run", cell: (one) => one.loss.interval95?.map(loss).join(" to ") ?? "–" },
      {
        head: "Measured − predicted",
        cell: (one) => (measured === undefined ? "–" : signedPercent(measured / one.loss.value - 1, 2)),
      },
    ],
    methods,
  );

export const runsTable = ({ runs }: DrawnStudy): PageTable =>
  table(
    [
      { head: "Run", cell: (run) => (run.id.length > 14 ? `${run.id.slice(0, 12)}…` : run.id) },
      { head: "Budget", unit: "FLOPs", cell: (run) => scientific(run.C), key: (run) => run.C },
      { head: "N", unit: "parameters", cell: (run) => count(run.N), key: (run) => run.N },
      { head: "D", unit: "tokens", cell: (run) => count(run.D), key: (run) => run.D },
      { head: "Spent", unit: "FLOPs", cell: (run) => scientific(run.flops, 4), key: (run) => run.flops },
      { head: "Loss", unit: "validation", cell: (run) => loss(run.loss), key: (run) => run.loss },
      { head: "± s.e.", unit: "of the loss", cell: ({ sigma }) => said(sigma), key: ({ sigma }) => sigma ?? 0 },
      { head: "Time", unit: "s", cell: (run) => fixed(run.seconds, 1), key: (run) => run.seconds },
    ],
    [...runs].sort((a, b) => a.C - b.C || a.N - b.N),
    true,
  );
