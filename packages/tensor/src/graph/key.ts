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

function spelled(this: Readonly<Record<string, unknown>>, name: string): unknown {
  const value = this[name];
  const key = keyOf(value);
  if (key === undefined && !(typeof value === "object" && (Array.isArray(value) || isRecord(value as object))))
    throw new TensorError(
      "argument",
      `attributes: ${JSON.stringify(name)} is a ${typeof value === "object" ? value?.constructor?.name : typeof value}; attributes of an op are plain arrays and records of numbers, strings, booleans and functions`,
    );
  return key ?? value;
}

/** Equal for equal attributes only. */
export const attrsKey = (attrs: Attrs): string => JSON.stringify(attrs, spelled);
