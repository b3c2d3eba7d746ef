import { ScalingError } from "../errors.js";
import type { Table } from "./delimited.js";
import { byCommonNames, didYouMean } from "./names.js";
import { type CleanOptions, type CleanRuns, cleanRuns, type RawRun } from "./runs.js";
import { byRow, sift } from "./sift.js";
import { columnOf, numberIn, readTable, type TableFormat } from "./table.js";
import { type Condition, rowsThat, rowsWhere } from "./where.js";

const NUMERIC = ["C", "N", "D", "loss", "sigma", "seed"] as const;
type NumericField = (typeof NUMERIC)[number];

/** Which column holds which field; a field left out is looked up under its own name, then under common ones. */
export interface Columns extends Partial<Record<NumericField | "label", string>> {
  /** Metric name → column. */
  readonly metrics?: Readonly<Record<string, string>>;
  /** Metric name → column of its standard error. Default: that of the metric's own column with `_standard_error` behind it. */
  readonly standardErrors?: Readonly<Record<string, string>>;
  /** Further predictor → column: U, the unique tokens, and what else a form of surface asks for. */
  readonly inputs?: Readonly<Record<string, string>>;
}

export interface TableRunsOptions extends CleanOptions {
  readonly columns?: Columns | undefined;
  /** Rows that do not meet all of these are left out, whatever else is in them. */
  readonly where?: readonly Condition[] | undefined;
  /** The label of the rows that are wanted; the others are left out, whatever else is in them. */
  readonly only?: string | undefined;
}

export interface ParseOptions extends TableRunsOptions {
  /** Default: told from the first character; see {@link readTable}. */
  readonly format?: TableFormat | undefined;
}

/** Runs of a table, and how they were found in it. */
export interface TableRuns extends CleanRuns {
  /** Fields whose columns were taken by a common name, and those columns. */
  readonly named: Readonly<Record<string, string>>;
  /** Rows that `where` left out. */
  readonly otherRows: number;
  /** Rows of another label than the one that is wanted. */
  readonly otherLabels: number;
  /** The labels that there are, where one is wanted. */
  readonly labels?: readonly string[];
}

/**
 * Reads runs from CSV (comma, semicolon or tab), JSON (an array of objects) or JSONL.
 * Numbers are taken as written; an empty cell is a missing value; NaN in the loss column marks a diverged run. With a `quantity` the
 * table needs no loss. What is needed and has no column of its own name is sought under common ones (`Training FLOP`, `n_params`,
 * `val_loss`, …).
 * @throws ScalingError naming the row and column of what cannot be read.
 */
export const parseRuns = (text: string, options: ParseOptions = {}): TableRuns =>
  runsInTable(readTable(text, options.format, options.badRows), options);

/** The same of a table that was read. */
export const runsInTable = (whole: Table, options: TableRunsOptions = {}): TableRuns => {
  const { quantity, badRows = "throw", where = [], only } = options;
  const asked = options.columns ?? {};
  const fitted = quantity === undefined ? {} : { [quantity]: quantity };
  const metricColumns = { ...fitted, ...asked.metrics };
  const common = byCommonNames(whole, { ...asked, metrics: metricColumns }, quantity === undefined);
  const columns: Columns = { ...asked, ...common.fields, inputs: { ...common.inputs, ...asked.inputs } };

  const { metrics: _, standardErrors: __, inputs: ___, ...fields } = columns;
  const met = where.length === 0 ? whole : rowsWhere(whole, where, { ...metricColumns, ...columns.inputs, ...fields });
  const labelAt = columnOf(met, "label", only === undefined ? columns.label : (columns.label ?? "label"));
  const labelOf = (cells: readonly string[]) => cells[labelAt]!.trim();
  const table = only === undefined ? met : rowsThat(met, (cells) => labelOf(cells) === only);

  const at = (field: NumericField) => columnOf(table, field, columns[field]);
  const numeric = NUMERIC.map((field) => [field, at(field)] as const).filter(([, index]) => index >= 0);
  const among = (map: Readonly<Record<string, string>>) =>
    Object.entries(map).map(([name, column]) => [name, columnOf(table, name, column)] as const);
  const [metrics, inputs] = [among(metricColumns), among(columns.inputs ?? {})];
  const errors = among({ ...errorColumns(table, metricColumns), ...asked.standardErrors });
  requireFields(
    table,
    numeric.map(([field]) => field),
    quantity === undefined,
  );

  // Where a metric is fitted in the place of the loss, neither the loss nor its error has to be right.
  const lenient = (field: NumericField) => quantity !== undefined && (field === "loss" || field === "sigma");
  const { kept, dropped } = sift(table.rows, badRows, (cells, i): RawRun => {
    const row = table.numbers[i]!;
    const raw: { -readonly [field in keyof RawRun]: RawRun[field] } = { row };
    for (const [field, index] of numeric) {
      const value = lenient(field) ? positiveIn(cells[index]!) : numberIn(cells[index]!, field, row);
      raw[field] = value;
    }
    if (labelAt >= 0 && labelOf(cells) !== "") raw.label = labelOf(cells);
    if (metrics.length > 0) raw.metrics = numbersIn(metrics, cells, row);
    if (errors.length > 0) raw.standardErrors = numbersIn(errors, cells, row);
    if (inputs.length > 0) raw.inputs = numbersIn(inputs, cells, row);
    return raw;
  });
  const { runs, dropped: unclean } = cleanRuns(kept, options);
  return {
    runs,
    dropped: byRow(table.dropped, dropped, unclean),
    named: Object.fromEntries(
      Object.entries({ ...common.fields, ...common.inputs }).filter(([field, column]) => field !== column),
    ),
    otherRows: whole.rows.length - met.rows.length,
    otherLabels: met.rows.length - table.rows.length,
    ...(only !== undefined && { labels: [...new Set(met.rows.map(labelOf))] }),
  };
};

/** What the column of a metric's standard error is called beside the metric's own. */
export const errorColumn = (metric: string): string => `${metric}_standard_error`;

/** The columns of standard errors that stand beside those of metrics. */
const errorColumns = ({ header }: Table, metrics: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(metrics).flatMap(([name, column]) =>
      header.includes(errorColumn(column)) ? [[name, errorColumn(column)] as const] : [],
    ),
  );

/** @throws ScalingError `missing-column` where a table does not say enough, with the columns that were most likely meant */
const requireFields = ({ header }: Table, fields: readonly NumericField[], needsLoss: boolean): void => {
  const there = header.join(", ") || "none";
  if (needsLoss && !fields.includes("loss"))
    throw new ScalingError(
      "missing-column",
      `there is no column "loss"; there are: ${there}${didYouMean(header, "loss")}`,
      {
        field: "loss",
      },
    );
  const sizes = (["C", "N", "D"] as const).filter((field) => fields.includes(field));
  if (sizes.length >= 2) return;
  const meant = (["C", "N", "D"] as const).filter((field) => !fields.includes(field));
  const hints = [...new Set(meant.map((field) => didYouMean(header, field)))].join("");
  throw new ScalingError("missing-column", `two of C, N and D are needed; there are: ${there}${hints}`);
};

const numbersIn = (named: readonly (readonly [string, number])[], cells: readonly string[], row: number) =>
  Object.fromEntries(
    named.flatMap(([name, index]) => {
      const value = numberIn(cells[index]!, name, row);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );

const positiveIn = (cell: string): number | undefined => {
  const value = cell.trim() === "" ? Number.NaN : Number(cell);
  return value > 0 && Number.isFinite(value) ? value : undefined;
};
