import { ScalingError } from "../errors.js";
import { parseDelimited, type Table } from "./delimited.js";
import { type CleanOptions, type CleanRuns, cleanRuns, type RawRun } from "./runs.js";

const NUMERIC = ["C", "N", "D", "loss", "sigma", "seed"] as const;
type NumericField = (typeof NUMERIC)[number];

/** Which column holds which field; a field left out is looked up under its own name. */
export interface Columns extends Partial<Record<NumericField | "label", string>> {
  /** Metric name → column. */
  readonly metrics?: Readonly<Record<string, string>>;
}

export interface ParseOptions extends CleanOptions {
  readonly columns?: Columns;
  /** Default: JSON or JSONL when the text starts with `[` or `{`, delimited text otherwise. */
  readonly format?: "csv" | "json" | "jsonl";
}

/**
 * Reads runs from CSV (comma, semicolon or tab), JSON (an array of objects) or JSONL.
 * Numbers are taken as written; an empty cell is a missing value; "NaN" in the loss column marks a diverged run.
 * @throws ScalingError naming the row and column of what cannot be read.
 */
export function parseRuns(text: string, options: ParseOptions = {}): CleanRuns {
  const table = readTable(text, options.format);
  const columns = options.columns ?? {};
  const find = (field: string, asked: string | undefined): number => {
    const index = table.header.indexOf(asked ?? field);
    if (index < 0 && asked !== undefined) {
      throw new ScalingError(
        "missing-column",
        `there is no column "${asked}" (for ${field}); there are: ${table.header.join(", ")}`,
        {
          field,
        },
      );
    }
    return index;
  };
  const at = Object.fromEntries(NUMERIC.map((field) => [field, find(field, columns[field])])) as Record<
    NumericField,
    number
  >;
  const label = find("label", columns.label);
  const metrics = Object.entries(columns.metrics ?? {}).map(([name, column]) => [name, find(name, column)] as const);
  if (at.loss < 0) {
    throw new ScalingError("missing-column", `there is no column "loss"; there are: ${table.header.join(", ")}`, {
      field: "loss",
    });
  }
  if ([at.C, at.N, at.D].filter((i) => i >= 0).length < 2) {
    throw new ScalingError("missing-column", `two of C, N and D are needed; there are: ${table.header.join(", ")}`);
  }

  const cellOf = (cells: readonly string[], field: NumericField, row: number) =>
    at[field] < 0 ? undefined : numberIn(cells[at[field]]!, field, row);
  const metricsOf = (cells: readonly string[], row: number) => {
    const measured: Record<string, number> = {};
    for (const [name, index] of metrics) {
      const value = numberIn(cells[index]!, name, row);
      if (value !== undefined) measured[name] = value;
    }
    return measured;
  };
  const raw = table.rows.map((cells, i): RawRun => {
    const row = i + 1;
    return {
      C: cellOf(cells, "C", row),
      N: cellOf(cells, "N", row),
      D: cellOf(cells, "D", row),
      loss: cellOf(cells, "loss", row),
      sigma: cellOf(cells, "sigma", row),
      seed: cellOf(cells, "seed", row),
      label: label >= 0 ? cells[label] : undefined,
      metrics: metrics.length > 0 ? metricsOf(cells, row) : undefined,
      row,
    };
  });
  return cleanRuns(raw, options);
}

function readTable(text: string, format: ParseOptions["format"]): Table {
  const body = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  const first = body.trimStart()[0];
  const kind = format ?? (first === "[" ? "json" : first === "{" ? "jsonl" : "csv");
  if (kind === "csv") return parseDelimited(text);
  const records = kind === "json" ? parseJson(body) : parseJsonLines(body);
  const header = [...new Set(records.flatMap((record) => Object.keys(record)))];
  const rows = records.map((record) => header.map((name) => asCell(record[name])));
  return { header, rows };
}

const asCell = (value: unknown): string => (value === undefined || value === null ? "" : String(value));

type JsonRecord = Readonly<Record<string, unknown>>;

function parseJson(text: string): JsonRecord[] {
  const value = readJson(text);
  if (!Array.isArray(value)) throw new ScalingError("bad-format", "the JSON is not an array of rows");
  return value.map((record: unknown, i) => asRecord(record, i + 1));
}

function parseJsonLines(text: string): JsonRecord[] {
  const lines = text.split(/\r\n|\n|\r/).filter((line) => line.trim() !== "");
  return lines.map((line, i) => asRecord(readJson(line, i + 1), i + 1));
}

function readJson(text: string, row?: number): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ScalingError("bad-format", `not JSON: ${(error as Error).message}`, row === undefined ? {} : { row });
  }
}

function asRecord(value: unknown, row: number): JsonRecord {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ScalingError("bad-format", `expected an object with named values, got ${JSON.stringify(value)}`, { row });
  }
  return value as JsonRecord;
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function numberIn(cell: string, field: string, row: number): number | undefined {
  const text = cell.trim();
  if (text === "") return undefined;
  if (NUMBER.test(text)) return Number(text);
  if (/^nan$/i.test(text)) return Number.NaN;
  if (/^[+-]?inf(inity)?$/i.test(text))
    return text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const hint = /^\d+,\d+$/.test(text) ? " (use a decimal point)" : "";
  throw new ScalingError("bad-value", `${field} is "${cell}"; expected a number${hint}`, { row, field, value: cell });
}
