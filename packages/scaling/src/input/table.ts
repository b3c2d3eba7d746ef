import { ScalingError } from "../errors.js";
import { parseDelimited, type Table } from "./delimited.js";
import { didYouMean } from "./names.js";
import { type BadRows, sift } from "./sift.js";

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
  const { kept, dropped } = kind === "json" ? parseJson(body, badRows) : parseJsonLines(body, badRows);
  const header = [...new Set(kept.flatMap(({ record }) => Object.keys(record)))];
  return {
    header,
    rows: kept.map(({ record }) => header.map((name) => (Object.hasOwn(record, name) ? asCell(record[name]) : ""))),
    numbers: kept.map(({ number }) => number),
    dropped,
  };
};

/**
 * Where the column of a field stands, −1 where there is none and none was asked for.
 * @throws ScalingError `bad-format` when two columns have the name, `missing-column` when none has the name that was asked for
 */
export const columnOf = ({ header }: Table, field: string, asked?: string): number => {
  const name = asked ?? field;
  const index = header.indexOf(name);
  if (index >= 0 && header.indexOf(name, index + 1) >= 0)
    throw new ScalingError("bad-format", `two columns are called "${name}"; expected one, or another name`);
  if (index >= 0 || asked === undefined) return index;
  const there = header.join(", ") || "none";
  const message = `there is no column "${name}" (for ${field}); there are: ${there}${didYouMean(header, field, name)}`;
  throw new ScalingError("missing-column", message, { field });
};

const asCell = (value: unknown): string => (value === undefined || value === null ? "" : kindOf(value));

/** Nested values have no place in a table, and may be of any depth. */
const kindOf = (value: unknown): string =>
  Array.isArray(value) ? "[…]" : typeof value === "object" ? "{…}" : String(value);

const parseJson = (text: string, badRows: BadRows) => {
  const value = readJson(text);
  if (!Array.isArray(value)) throw new ScalingError("bad-format", "the JSON is not an array of rows");
  return sift(value, badRows, (record: unknown, i) => asRecord(record, i + 1));
};

const parseJsonLines = (text: string, badRows: BadRows) =>
  sift(text.split(/\r\n|\n|\r/), badRows, (line, i) =>
    line.trim() === "" ? undefined : asRecord(readJson(line, i + 1), i + 1),
  );

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
    throw new ScalingError("bad-format", `not JSON: ${(error as Error).message}`, { row });
  }
};

const asRecord = (value: unknown, number: number) => {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new ScalingError("bad-format", `expected an object with named values, got ${kindOf(value)}`, { row: number });
  return { number, record: value as Readonly<Record<string, unknown>> };
};

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Whether a text without spaces around it is a finite number. */
export const isNumber = (text: string): boolean => NUMBER.test(text);

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
