import { ScalingError } from "../errors.js";
import { rejecting } from "./delimited.js";
import { badRowsOf, byRow, type CleanOptions, type CleanRuns, cleanRuns, type RawRun } from "./runs.js";
import { columnIndex, missingColumn, numberIn, readTable, type TableFormat } from "./table.js";

const NUMERIC = ["C", "N", "D", "loss", "sigma", "seed"] as const;
type NumericField = (typeof NUMERIC)[number];

/** Which column holds which field; a field left out is looked up under its own name. */
export interface Columns extends Partial<Record<NumericField | "label", string>> {
  /** Metric name → column. */
  readonly metrics?: Readonly<Record<string, string>>;
}

export interface ParseOptions extends CleanOptions {
  readonly columns?: Columns | undefined;
  /** Default: told from the first character; see {@link readTable}. */
  readonly format?: TableFormat | undefined;
}

/**
 * Reads runs from CSV (comma, semicolon or tab), JSON (an array of objects) or JSONL.
 * Numbers are taken as written; an empty cell is a missing value; NaN in the loss column marks a diverged run. With a `quantity` the
 * table needs no loss.
 * @throws ScalingError naming the row and column of what cannot be read.
 */
export const parseRuns = (text: string, options: ParseOptions = {}): CleanRuns => {
  const { columns = {}, quantity, badRows = "throw" } = options;
  const table = readTable(text, options.format, badRows);
  const find = (field: string, asked: string | undefined): number => {
    const index = columnIndex(table, asked ?? field);
    if (index < 0 && asked !== undefined) throw missingColumn(table, asked, field);
    return index;
  };
  const at = Object.fromEntries(NUMERIC.map((field) => [field, find(field, columns[field])])) as Record<
    NumericField,
    number
  >;
  const label = find("label", columns.label);
  const asked = quantity === undefined ? {} : { [quantity]: quantity };
  const metrics = Object.entries({ ...asked, ...columns.metrics }).map(
    ([name, column]) => [name, find(name, column)] as const,
  );
  const there = table.header.join(", ");
  if (at.loss < 0 && quantity === undefined) {
    throw new ScalingError("missing-column", `there is no column "loss"; there are: ${there}`, { field: "loss" });
  }
  if ([at.C, at.N, at.D].filter((i) => i >= 0).length < 2) {
    throw new ScalingError("missing-column", `two of C, N and D are needed; there are: ${there}`);
  }

  const cellOf = (cells: readonly string[], field: NumericField, row: number) =>
    at[field] < 0 ? undefined : numberIn(cells[at[field]]!, field, row);
  const metricsOf = (cells: readonly string[], row: number) =>
    Object.fromEntries(
      metrics.flatMap(([name, index]) => {
        const value = numberIn(cells[index]!, name, row);
        return value === undefined ? [] : [[name, value] as const];
      }),
    );
  const { malformed, reject } = rejecting(badRows);
  const raw = table.rows.flatMap((cells, i): RawRun[] => {
    const row = table.numbers[i]!;
    try {
      return [
        {
          C: cellOf(cells, "C", row),
          N: cellOf(cells, "N", row),
          D: cellOf(cells, "D", row),
          loss: cellOf(cells, "loss", row),
          sigma: cellOf(cells, "sigma", row),
          seed: cellOf(cells, "seed", row),
          label: label >= 0 ? cells[label] : undefined,
          metrics: metrics.length > 0 ? metricsOf(cells, row) : undefined,
          row,
        },
      ];
    } catch (error) {
      if (!(error instanceof ScalingError)) throw error;
      reject(error);
      return [];
    }
  });
  const { runs, dropped } = cleanRuns(raw, options);
  return { runs, dropped: byRow([...badRowsOf(table.malformed), ...badRowsOf(malformed), ...dropped]) };
};
