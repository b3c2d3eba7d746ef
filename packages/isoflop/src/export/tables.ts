import {
  type FitPrediction,
  formOfSurface,
  type IsoFlop,
  isInterior,
  type LawFit,
  lawForms,
  type Outcome,
  type Predicted,
  type Run,
  type SurfaceFit,
} from "@isoflop/scaling";
import type { Fit } from "../fit/kinds.js";
import type { DoneRun } from "../runs/point.js";
import { LOSS } from "../words/quantity.js";
import { escapeLatex, formulaLatex } from "./latex.js";
import { type Cell, column, type ExportTable, type Quantity, tableOf } from "./table.js";

const compute = column("C", "$C$, FLOPs");

/** Runs with what they were measured to be; further numbers in columns of their own. */
export const runsTable = (runs: readonly Run[], quantity: string = LOSS): ExportTable | undefined => {
  const named = (pick: (run: Run) => Readonly<Record<string, number>> | undefined) => [
    ...new Set(runs.flatMap((run) => Object.keys(pick(run) ?? {}))),
  ];
  const metrics = named((run) => run.metrics).filter((name) => name !== quantity);
  const inputs = named((run) => run.inputs);
  const extra = runs as readonly (Run & { readonly id?: string; readonly seconds?: number; readonly flops?: number })[];
  return tableOf(
    "runs",
    "The runs.",
    [
      column("label", "run"),
      compute,
      column("N", "$N$, parameters"),
      column("D", "$D$, tokens"),
      column(quantity, quantity),
      column("sigma", "$\\sigma$"),
      column("seed"),
      ...[...metrics, ...inputs].map((name) => column(name)),
      column("flops", "FLOPs"),
      column("seconds"),
    ],
    extra.map((run) => [
      run.label ?? run.id,
      run.C,
      run.N,
      run.D,
      run.loss,
      run.sigma,
      run.seed,
      ...metrics.map((name) => withError(run.metrics?.[name], run.standardErrors?.[name])),
      ...inputs.map((name) => run.inputs?.[name]),
      run.flops,
      run.seconds,
    ]),
  );
};

const withError = (value: number | undefined, standardError: number | undefined): Cell =>
  value === undefined || standardError === undefined ? value : { value, standardError };

/** The loss of runs by noise level, in the parts of the clock that their results have; undefined where none says it. */
export const binsTable = (runs: readonly DoneRun[]): ExportTable | undefined =>
  tableOf(
    "bins",
    "The loss by noise level: means over parts of the clock of equal share of the validation samples.",
    [
      column("label", "run"),
      column("from", "$t$ from"),
      column("to", "to"),
      column("loss"),
      column("sigma", "$\\sigma$"),
    ],
    runs.flatMap(({ id, result }) =>
      (result.lossBins ?? []).map(({ from, to, mean, stdErr }) => [id, from, to, mean, stdErr]),
    ),
  );

/** The best model of each budget, and the budgets that have none. */
const optimaTable = ({ budgets, choices }: IsoFlop): ExportTable | undefined =>
  tableOf(
    "optima",
    "The best model of each compute budget.",
    [
      compute,
      column("runs"),
      column("sizes"),
      column("N", "$N^*$, parameters"),
      column("D", "$D^*$, tokens"),
      column(choices.quantity, choices.quantity === LOSS ? "$L^*$" : choices.quantity),
      column("status"),
    ],
    budgets.map((budget): Cell[] => {
      const head = [budget.C, budget.points, budget.sizes];
      if (!isInterior(budget)) return [...head, undefined, undefined, undefined, budget.status];
      const { N, D, loss } = budget.optimum;
      return [...head, N, D, loss, budget.status];
    }),
  );

/** The laws through the optima: those that were fitted, those without the bias of their minimum, and the one with a floor. */
const isoFlopLaws = (fit: IsoFlop): ExportTable | undefined => {
  const { quantity } = fit.choices;
  const names = { N: "N", D: "D", loss: quantity } as const;
  const plain = (["N", "D", "loss"] as const).map((name) => [names[name], "power", fit[name]] as const);
  const corrected =
    fit.corrected?.ok === true
      ? (["N", "D", "loss"] as const).map(
          (name) =>
            [names[name], "power, without bias", { ok: true as const, ...lawIn(fit.corrected!, name) }] as const,
        )
      : [];
  const { lossWithFloor: law } = fit;
  // It is written with the exponent by which it falls.
  const floored = law.ok ? { ...law, exponent: negated(law.exponent) } : law;
  return lawsTable([...plain, ...corrected, [quantity, "power with floor", floored] as const]);
};

type AnyLaw = Readonly<Partial<Record<"coefficient" | "exponent" | "floor", Quantity | undefined>>>;

const lawIn = (corrected: object, name: string): AnyLaw =>
  (corrected as Readonly<Record<string, AnyLaw | undefined>>)[name] ?? {};

const lawsTable = (laws: readonly (readonly [string, string, Outcome<AnyLaw>])[]): ExportTable | undefined =>
  tableOf(
    "laws",
    "Laws $y = \\mathrm{coefficient} \\cdot C^{\\mathrm{exponent}} + \\mathrm{floor}$ of the optima.",
    [column("quantity"), column("form"), column("coefficient"), column("exponent"), column("floor")],
    laws.flatMap(([quantity, form, law]): Cell[][] => {
      if (!law.ok || law.coefficient === undefined) return [];
      const { coefficient, exponent, floor } = law;
      return [[quantity, form, coefficient, exponent, floor]];
    }),
  );

const negated = ({ value, ci95, ...rest }: Quantity): Quantity => ({
  ...rest,
  value: -value,
  ...(ci95 && { ci95: [-ci95[1], -ci95[0]] as const }),
});

const surfaceLaws = ({ allocation, quantity }: SurfaceFit): ExportTable | undefined => {
  if (!allocation) return undefined;
  const { N, D, loss } = allocation;
  return lawsTable([
    ["N", "optimum of the surface", { ok: true, ...N }],
    ["D", "optimum of the surface", { ok: true, ...D }],
    [
      quantity,
      "optimum of the surface",
      { ok: true, ...loss, floor: loss.floor > 0 ? { value: loss.floor } : undefined },
    ],
  ]);
};

const estimatesTable = (
  caption: string,
  estimates: readonly (readonly [string, Quantity])[],
): ExportTable | undefined => tableOf("estimates", caption, [column("name", "parameter"), column("value")], estimates);

/** Parts of a fit that are not what it found: what it was made of, resamples of it, and the same numbers in other clothes. */
const ASIDE = new Set(["runs", "budgets", "data", "curves", "cells", "bootstrap", "logCoefficients", "logCoefficient"]);

/** Every number of a record that has an error, by the way to it. */
const estimatesIn = (value: unknown, path: readonly string[] = []): readonly (readonly [string, Quantity])[] => {
  if (typeof value !== "object" || value === null) return [];
  const { value: number, standardError, ci95 } = value as Partial<Quantity>;
  if (typeof number === "number" && standardError !== undefined && ci95 !== undefined)
    return [[path.join("."), value as Quantity]];
  return Object.entries(value).flatMap(([key, entry]) =>
    ASIDE.has(key)
      ? []
      : estimatesIn(entry, UNNAMED.has(key) ? path : [...path, Array.isArray(value) ? nameIn(entry, key) : key]),
  );
};

/** Steps of the way that say nothing. */
const UNNAMED = new Set(["fit", "parameters"]);

/** What one of a list is known by. */
const nameIn = (entry: unknown, otherwise: string): string => {
  const { name, study, form, fit } = entry as { readonly [key in "name" | "study" | "form"]?: unknown } & {
    readonly fit?: unknown;
  };
  const inside = typeof fit === "object" && fit !== null ? (fit as { readonly form?: unknown }).form : undefined;
  const known = [name, study, form, inside].find((text) => typeof text === "string");
  return typeof known === "string" ? known : otherwise;
};

const lawTables = ({ law, data }: LawFit): readonly (ExportTable | undefined)[] => {
  const form = lawForms.get(law.kind);
  return [
    pointsTable(data),
    estimatesTable(`The law ${formulaLatex(form.formula)}.`, Object.entries(form.estimates(law))),
  ];
};

const pointsTable = ({
  x,
  y,
  sigma,
}: {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly sigma?: readonly number[] | undefined;
}) =>
  tableOf(
    "points",
    "The points that the law goes through.",
    [column("x", "$x$"), column("y", "$y$"), column("sigma", "$\\sigma$")],
    x.map((at, i) => [at, y[i], sigma?.[i]]),
  );

/** The tables of a fit of any kind. */
export const tablesOfFit = (fit: Fit): readonly ExportTable[] => {
  const tables = ((): readonly (ExportTable | undefined)[] => {
    switch (fit.record) {
      case "isoflop":
        return [
          runsTable(
            fit.budgets.flatMap(({ runs }) => runs),
            fit.choices.quantity,
          ),
          optimaTable(fit),
          isoFlopLaws(fit),
        ];
      case "surface":
        return [
          surfaceLaws(fit),
          estimatesTable(
            `The surface of the ${escapeLatex(fit.quantity)}, ${formulaLatex(formOfSurface(fit).formula)}.`,
            Object.entries(fit.parameters),
          ),
        ];
      case "law":
        return lawTables(fit);
      default:
        return [estimatesTable("What was fitted.", estimatesIn(fit))];
    }
  })();
  return tables.filter((table) => table !== undefined);
};

/** Predictions with what was asked, and what was measured there, where it was. */
export const predictionsTable = (
  predictions: readonly FitPrediction[],
  measured: readonly (Quantity | undefined)[] = [],
): ExportTable | undefined => {
  const asked = [...new Set(predictions.flatMap(({ given }) => Object.keys(given)))];
  return tableOf(
    "predictions",
    "Predictions with 95\\,\\% intervals.",
    [
      ...asked.map((name) => column(`at_${name}`, `at $${name}$`)),
      column("quantity"),
      column("value", "predicted"),
      column("measured"),
    ],
    predictions.flatMap(({ given, predicted, quantity = LOSS }, i) =>
      Object.entries(predicted).map(([name, one]: [string, Predicted]): Cell[] => [
        ...asked.map((asking) => given[asking]),
        name === LOSS ? quantity : name,
        one,
        name === LOSS ? measured[i] : undefined,
      ]),
    ),
  );
};
