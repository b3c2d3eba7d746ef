import { ScalingError } from "../errors.js";
import { type BadRows, parseDelimited, rejecting, type Table } from "./delimited.js";

export type TableFormat = "csv" | "json" | "jsonl";

/**
 * Reads CSV (comma, semicolon or tab), JSON (an array of objects) or JSONL. NaN and Infinity are numbers in JSON too, as Python
 * writes them.
 * @param format default: JSON or JSONL when the text starts with `[` or `{`, delimited text otherwise
 * @throws ScalingError `bad-format` with the row
 */
export const readTable = (text: string, format?: TableFormat, badRows: BadRows = "throw"): Table => {
  const body = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  const first = body.trimStart()[0];
  const kind = format ?? (first === "[" ? "json" : first === "{" ? "jsonl" : "csv");
  if (kind === "csv") return parseDelimited(text, badRows);
  const { malformed, reject } = rejecting(badRows);
  const records = kind === "json" ? parseJson(body, reject) : parseJsonLines(body, reject);
  const header = [...new Set(records.flatMap(({ record }) => Object.keys(record)))];
  return {
    header,
    rows: records.map(({ record }) => header.map((name) => (Object.hasOwn(record, name) ? asCell(record[name]) : ""))),
    numbers: records.map(({ number }) => number),
    malformed,
  };
};

/**
 * Where a column stands, −1 where there is none.
 * @throws ScalingError `bad-format` when two columns have the name
 */
export const columnIndex = ({ header }: Table, name: string): number => {
  const index = header.indexOf(name);
  if (index >= 0 && header.indexOf(name, index + 1) >= 0) {
    throw new ScalingError("bad-format", `two columns are called "${name}"; expected one, or another name`);
  }
  return index;
};

export const missingColumn = ({ header }: Table, name: string, field: string): ScalingError =>
  new ScalingError("missing-column", `there is no column "${name}" (for ${field}); there are: ${header.join(", ")}`, {
    field,
  });

const asCell = (value: unknown): string => {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? kindOf(value) : String(value);
};

/** Nested values have no place in a table, and may be of any depth. */
const kindOf = (value: unknown): string =>
  Array.isArray(value) ? "[…]" : typeof value === "object" ? "{…}" : String(value);

interface NumberedRecord {
  readonly number: number;
  readonly record: Readonly<Record<string, unknown>>;
}

type Reject = ReturnType<typeof rejecting>["reject"];

const parseJson = (text: string, reject: Reject): NumberedRecord[] => {
  const value = readJson(text);
  if (!Array.isArray(value)) throw new ScalingError("bad-format", "the JSON is not an array of rows");
  return value.flatMap((record: unknown, i) => recordOr(reject, () => asRecord(record, i + 1)));
};

const parseJsonLines = (text: string, reject: Reject): NumberedRecord[] => {
  const lines = text.split(/\r\n|\n|\r/);
  return lines.flatMap((line, i) =>
    line.trim() === "" ? [] : recordOr(reject, () => asRecord(readJson(line, i + 1), i + 1)),
  );
};

const recordOr = (reject: Reject, read: () => NumberedRecord): NumberedRecord[] => {
  try {
    return [read()];
  } catch (error) {
    if (!(error instanceof ScalingError)) throw error;
    reject(error);
    return [];
  }
};

/** A string, or a number that only Python writes into JSON. */
const BARE = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\b(?:NaN|Infinity)\b/g;

const readJson = (text: string, row?: number): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    const quoted = text.replace(BARE, (token) => (token.startsWith('"') ? token : `"${token}"`));
    try {
      if (quoted !== text) return JSON.parse(quoted);
    } catch {
      // What was given is what the error speaks of.
    }
    throw new ScalingError("bad-format", `not JSON: ${(error as Error).message}`, row === undefined ? {} : { row });
  }
};

const asRecord = (value: unknown, number: number): NumberedRecord => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ScalingError("bad-format", `expected an object with named values, got ${kindOf(value)}`, { row: number });
  }
  return { number, record: value as Readonly<Record<string, unknown>> };
};

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** @throws ScalingError `bad-value` for a cell that is neither empty nor a number */
export const numberIn = (cell: string, field: string, row: number): number | undefined => {
  const text = cell.trim();
  if (text === "") return undefined;
  if (NUMBER.test(text)) return Number(text);
  if (/^nan$/i.test(text)) return Number.NaN;
  if (/^[+-]?inf(inity)?$/i.test(text))
    return text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  throw new ScalingError("bad-value", `${field} is "${cell}"; expected a number${hintFor(text)}`, {
    row,
    field,
    value: cell,
  });
};

/** A comma could be a decimal or a group of digits, and a guess could be wrong a thousandfold. */
const hintFor = (text: string): string => {
  if (/^[+-]?\d{1,3}([,' _]\d{3})+([.]\d*)?$/.test(text) && !/^\d+,\d{3}$/.test(text))
    return " (without separators between digits)";
  if (/^[+-]?\d*,\d+(e[+-]?\d+)?$/i.test(text)) return " (with a decimal point, and nothing between digits)";
  if (/^[\d.]+\s*[kMGBT]$/i.test(text)) return " (in units of one, such as 1.5e6)";
  return "";
};
