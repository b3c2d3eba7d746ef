import { TensorError } from "../errors.js";
import { isRecord } from "../plain.js";
import type { Attrs } from "./define.js";

let functions = 0;
const identities = new WeakMap<object, number>();

/** Functions have no value to compare: each is itself only. */
const identityOf = (f: object): number => {
  const known = identities.get(f) ?? ++functions;
  identities.set(f, known);
  return known;
};

/** Equal for equal plain values only, -0 and NaN included; functions are equal to themselves. Undefined for anything that has no such key. */
export const keyOf = (value: unknown): string | undefined => {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "bigint":
      return `${value}n`;
    case "function":
      return `function ${identityOf(value)}`;
    case "boolean":
    case "undefined":
      return String(value);
    default:
      return value === null ? "null" : undefined;
  }
};

/** Attributes nest no deeper; what does holds itself. */
const MAX_DEPTH = 100;

/** Equal for equal attributes only: plain arrays and records of values that have a key. */
export const attrsKey = (attrs: Attrs): string => nestedKey(attrs, 0);

const nestedKey = (value: unknown, depth: number): string => {
  const key = keyOf(value);
  if (key !== undefined) return key;
  if (depth < MAX_DEPTH) {
    if (Array.isArray(value)) return `[${Array.from(value, (item) => nestedKey(item, depth + 1)).join()}]`;
    if (typeof value === "object" && isRecord(value as object)) {
      const record = value as Readonly<Record<string, unknown>>;
      const fields = Object.keys(record).sort();
      return `{${fields.map((name) => `${JSON.stringify(name)}:${nestedKey(record[name], depth + 1)}`).join()}}`;
    }
  }
  throw new TensorError(
    "argument",
    `attributes of an op are plain arrays and records of numbers, strings, booleans and functions, at most ${MAX_DEPTH} deep; got a ${typeof value === "object" ? value?.constructor?.name : typeof value}`,
  );
};
