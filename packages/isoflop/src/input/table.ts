import { parseDelimited } from "@isoflop/scaling";
import { inputError } from "../exit.js";

/** Named columns of any kind of table, as text cells. */
export interface TextTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Reads CSV, a JSON array of objects, or JSONL; without a format, by the first character. */
export function readTable(text: string, format?: "csv" | "json" | "jsonl"): TextTable {
  const body = text.replace(/^\uFEFF/, "");
  const first = body.trimStart()[0];
  const kind = format ?? (first === "[" ? "json" : first === "{" ? "jsonl" : "csv");
  if (kind === "csv") return parseDelimited(text);
  const values = kind === "json" ? asArray(json(body)) : lines(body).map((line, i) => json(line, i + 1));
  const records = values.map(asRecord);
  const header = [...new Set(records.flatMap((record) => Object.keys(record)))];
  return { header, rows: records.map((record) => header.map((name) => cell(record[name]))) };
}

/** A column of positive numbers. Errors name the row, counted from 1. */
export function positiveColumn({ header, rows }: TextTable, field: string, column: string): number[] {
  const index = header.indexOf(column);
  if (index < 0) throw inputError(`there is no column "${column}" (for ${field}); there are: ${header.join(", ")}`);
  return rows.map((cells, i) => {
    const text = cells[index]!.trim();
    const value = text === "" ? Number.NaN : Number(text);
    if (value > 0 && Number.isFinite(value)) return value;
    throw inputError(`row ${i + 1}: ${field} is "${text}"; expected a finite number above 0`);
  });
}

const lines = (text: string): string[] => text.split(/\r\n|\n|\r/).filter((line) => line.trim() !== "");
const cell = (value: unknown): string => (value === undefined || value === null ? "" : String(value));

function json(text: string, row?: number): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw inputError(`${row === undefined ? "" : `row ${row}: `}not JSON: ${(error as Error).message}`);
  }
}

function asArray(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw inputError("the JSON is not an array of rows");
}

function asRecord(value: unknown, i: number): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw inputError(`row ${i + 1}: expected an object with named values, got ${JSON.stringify(value)}`);
}
