import { ScalingError } from "../errors.js";
import { type BadRows, type DroppedRun, sift } from "../input/sift.js";
import { columnOf, numberIn, readTable, type TableFormat } from "../input/table.js";
import { groupByBudget } from "../isoflop/group.js";
import type { Loss, Parameters, Run } from "../types.js";
import type { ProgressCurve } from "./nodes.js";

/** What a curve's progress is counted in. */
export type ProgressUnit = "C" | "D" | "step";

/** Training curves read from a table. */
export interface CurveTable {
  readonly curves: readonly ProgressCurve[];
  readonly unit: ProgressUnit;
  readonly dropped: readonly DroppedRun[];
}

export interface CurvesOptions {
  /** Columns by what they hold. Default each of its own name; of `C`, `D` and `step` the first that is there is the progress. */
  readonly columns?: Readonly<Partial<Record<"label" | "N" | "C" | "D" | "step" | "loss", string>>> | undefined;
  readonly format?: TableFormat | undefined;
  readonly badRows?: BadRows | undefined;
}

const UNITS: readonly ProgressUnit[] = ["C", "D", "step"];

/**
 * Reads curves from a table with one row per run and evaluation: `label` says which run, one of `C` (FLOPs), `D` (tokens) and `step` how
 * far it was, `loss` what its loss was there, and `N` how large it is. A row at 0, where the training has not begun, or without a loss is
 * dropped with its reason; of two at the same place the later stands, as a resumed training logs steps twice.
 * @throws ScalingError naming the row and the column of what cannot be read
 */
export const parseCurves = (
  text: string,
  { columns = {}, format, badRows = "throw" }: CurvesOptions = {},
): CurveTable => {
  const table = readTable(text, format, badRows);
  const unit = UNITS.find((one) => columns[one] !== undefined) ?? UNITS.find((one) => table.header.includes(one));
  if (unit === undefined)
    throw new ScalingError("missing-column", `there is no column C, D or step; there are: ${table.header.join(", ")}`);
  const place = {
    label: columnOf(table, "label", columns.label ?? "label"),
    progress: columnOf(table, unit, columns[unit] ?? unit),
    loss: columnOf(table, "loss", columns.loss ?? "loss"),
    N: columnOf(table, "N", columns.N),
  };
  const curves = new Map<string, { N: Parameters | undefined; readonly points: Map<number, Loss> }>();
  const { dropped } = sift(table.rows, badRows, (cells, i, drop) => {
    const row = table.numbers[i]!;
    const read = (field: string, column: number) => (column < 0 ? undefined : numberIn(cells[column]!, field, row));
    const label = cells[place.label]!.trim();
    const [progress, loss, N] = [read(unit, place.progress), read("loss", place.loss), read("N", place.N)];
    if (progress === 0) return drop(row, "at-zero", `${unit} is 0: the training has not begun`);
    if (loss === undefined || Number.isNaN(loss)) return drop(row, "no-loss", "there is no loss");
    for (const [field, value] of [
      [unit, progress],
      ["loss", loss],
    ] as const)
      if (!(value !== undefined && value > 0 && Number.isFinite(value)))
        throw new ScalingError("bad-value", `${field} is ${value ?? "missing"}; expected a positive finite number`, {
          row,
          field,
          value,
        });
    const curve = curves.get(label) ?? { N, points: new Map() };
    if (curve.N !== N)
      throw new ScalingError("bad-value", `N is ${N}, and before it was ${curve.N} in run "${label}"`, {
        row,
        field: "N",
      });
    curve.points.set(progress!, loss);
    curves.set(label, curve);
    return undefined;
  });
  return {
    unit,
    dropped,
    curves: [...curves].map(([label, { N, points }]) => ({
      label,
      ...(N !== undefined && { N }),
      points: [...points].map(([D, loss]) => ({ D, loss })).sort((a, b) => a.D - b.D),
    })),
  };
};

/**
 * Of each compute the curve that ends lowest: what is nearest to compute-optimal of a grid of sizes.
 * @throws ScalingError `missing-column` where compute does not follow, as the size of a curve in tokens or steps is not known
 */
export const bestCurves = (curves: readonly ProgressCurve[], unit: ProgressUnit): ProgressCurve[] => {
  const runs = curves.map((curve, i) => {
    const { N, label = `curve ${i + 1}`, points } = curve;
    const end = points.at(-1)!;
    if (unit !== "C" && N === undefined)
      throw new ScalingError("missing-column", `the size N of ${label} is not known, and so its compute is not`);
    // Only ratios of computes of one table count, so that k of k·N·D is of no matter.
    const C = unit === "C" ? end.D : N! * end.D;
    return { C, N: N ?? 1, D: end.D, loss: end.loss, row: i };
  });
  const lowest = (some: readonly Run[]) => some.reduce((a, b) => (b.loss < a.loss ? b : a));
  return groupByBudget(runs).map(({ runs }) => curves[lowest(runs).row!]!);
};
