import { ScalingError } from "../errors.js";
import { type CleanOptions, type CleanRuns, cleanRuns, type RawRun } from "./runs.js";
import { byRow, sift } from "./sift.js";
import { columnOf, numberIn, readTable, type TableFormat } from "./table.js";

const NUMERIC = ["C", "N", "D", "loss", "sigma", "seed"] as const;
type NumericField = (typeof NUMERIC)[number];

/** Which column holds which field; a field left out is looked up under its own name. */
export interface Columns extends Partial<Record<NumericField | "label", string>> {
  /** Metric name → column. */
  readonly metrics?: Readonly<Record<string, string>>;
  /** Further predictor → column: U, the unique tokens, and what else a form of surface asks for. */
  readonly inputs?: Readonly<Record<string, string>>;
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
  const at = (field: NumericField | "label") => columnOf(table, field, columns[field]);
  const numeric = NUMERIC.map((field) => [field, at(field)] as const).filter(([, index]) => index >= 0);
  const label = at("label");
  const asked = quantity === undefined ? {} : { [quantity]: quantity };
  const named = (map: Readonly<Record<string, string>> = {}) =>
    Object.entries(map).map(([name, column]) => [name, columnOf(table, name, column)] as const);
  const metrics = named({ ...asked, ...columns.metrics });
  const inputs = named(columns.inputs);
  const there = table.header.join(", ");
  const given = numeric.map(([field]) => field);
  if (!given.includes("loss") && quantity === undefined)
    throw new ScalingError("missing-column", `there is no column "loss"; there are: ${there}`, { field: "loss" });
  if (given.filter((field) => field === "C" || field === "N" || field === "D").length < 2)
    throw new ScalingError("missing-column", `two of C, N and D are needed; there are: ${there}`);

  const numbersOf = (named: readonly (readonly [string, number])[], cells: readonly string[], row: number) =>
    Object.fromEntries(
      named.flatMap(([name, index]) => {
        const value = numberIn(cells[index]!, name, row);
        return value === undefined ? [] : [[name, value] as const];
      }),
    );
  const { kept, dropped } = sift(table.rows, badRows, (cells, i): RawRun => {
    const row = table.numbers[i]!;
    const raw: { -readonly [field in keyof RawRun]: RawRun[field] } = { row };
    for (const [field, index] of numeric) raw[field] = numberIn(cells[index]!, field, row);
    if (label >= 0) raw.label = cells[label];
    if (metrics.length > 0) raw.metrics = numbersOf(metrics, cells, row);
    if (inputs.length > 0) raw.inputs = numbersOf(inputs, cells, row);
    return raw;
  });
  const { runs, dropped: unclean } = cleanRuns(kept, options);
  return { runs, dropped: byRow(table.dropped, dropped, unclean) };
};
