import { ScalingError } from "../errors.js";
import type { LawData } from "../laws/form.js";
import { shown } from "../message.js";
import { type BadRows, rejecting } from "./delimited.js";
import { badRowsOf, byRow, type DroppedRun } from "./runs.js";
import { columnIndex, missingColumn, numberIn, readTable, type TableFormat } from "./table.js";

/** Points of one law y(x), read from a table. */
export interface Points extends LawData {
  /** Where each stands, counted from 1 after the header. */
  readonly rows: readonly number[];
  readonly dropped: readonly DroppedRun[];
}

export interface PointsOptions {
  /** Columns of x and y. Default `x` and `y`. */
  readonly x?: string | undefined;
  readonly y?: string | undefined;
  /** Default: told from the first character; see {@link readTable}. */
  readonly format?: TableFormat | undefined;
  readonly badRows?: BadRows | undefined;
}

/**
 * Reads two columns of positive numbers. A row at x = 0 is dropped with its reason, as a law of powers has no value there and logs
 * begin at step 0; so is a row equal in every column to one before, as a training that was resumed logs steps twice.
 * @throws ScalingError naming the row and column of what cannot be read or has no logarithm, unless `badRows` is `drop`
 */
export const parsePoints = (text: string, options: PointsOptions = {}): Points => {
  const { x: nameX = "x", y: nameY = "y", badRows = "throw" } = options;
  const table = readTable(text, options.format, badRows);
  const at = (field: string, name: string): number => {
    const index = columnIndex(table, name);
    if (index < 0) throw missingColumn(table, name, field);
    return index;
  };
  const [columnX, columnY] = [at("x", nameX), at("y", nameY)];
  const { malformed, reject } = rejecting(badRows);
  const out = { x: [] as number[], y: [] as number[], rows: [] as number[] };
  const dropped: DroppedRun[] = [];
  const seen = new Map<string, number>();
  table.rows.forEach((cells, i) => {
    const row = table.numbers[i]!;
    const key = cells.join("\u0000");
    const first = seen.get(key);
    if (first !== undefined) {
      dropped.push({ row, reason: "duplicate", message: `equal in every column to row ${first}` });
      return;
    }
    seen.set(key, row);
    try {
      const x = numberIn(cells[columnX]!, "x", row);
      if (x === 0) {
        dropped.push({ row, reason: "at-zero", message: "x is 0, where a law of powers has no value" });
        return;
      }
      const [px, py] = [positive("x", x, row), positive("y", numberIn(cells[columnY]!, "y", row), row)];
      out.x.push(px);
      out.y.push(py);
      out.rows.push(row);
    } catch (error) {
      if (!(error instanceof ScalingError)) throw error;
      reject(error);
    }
  });
  return { ...out, dropped: byRow([...badRowsOf(table.malformed), ...badRowsOf(malformed), ...dropped]) };
};

const positive = (field: string, value: number | undefined, row: number): number => {
  if (value !== undefined && value > 0 && Number.isFinite(value)) return value;
  const given = value === undefined ? "missing" : shown(value);
  throw new ScalingError("bad-value", `${field} is ${given}; expected a finite number above 0`, { row, field, value });
};
