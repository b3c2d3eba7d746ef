import { TensorError } from "../errors.js";
import { isRecord } from "../plain.js";

let identified = 0;
const identities = new WeakMap<object, number>();

/** Functions and ops have no value to compare: each is itself only. */
export const identityOf = (f: object): number => {
  const known = identities.get(f) ?? ++identified;
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

/** Equal for equal attributes only. */
export const attrsKey = (value: unknown): string => {
  const key = keyOf(value);
  if (key !== undefined) return key;
  if (Array.isArray(value)) return `[${value.map(attrsKey).join()}]`;
  const fields = Object.entries(value ?? {}).map(([name, field]) => `${JSON.stringify(name)}:${attrsKey(field)}`);
  return `{${fields.sort().join()}}`;
};

/**
 * Attributes as they are now: a node is computed later, when its caller may have reused the arrays it passed.
 * @throws TensorError `argument` for attributes that have no key
 */
export const keepAttrs = <A>(op: string, value: A, depth = 0): A => {
  if (keyOf(value) !== undefined) return value;
  if (depth < MAX_DEPTH) {
    if (Array.isArray(value)) return Array.from(value, (item) => keepAttrs(op, item, depth + 1)) as A;
    if (typeof value === "object" && value !== null && isRecord(value))
      return Object.fromEntries(
        Object.entries(value).map(([name, field]) => [name, keepAttrs(op, field, depth + 1)]),
      ) as A;
  }
  throw new TensorError(
    "argument",
    `${op}: attributes are plain arrays and records of numbers, strings, booleans and functions, at most ${MAX_DEPTH} deep; got a ${typeof value === "object" ? value?.constructor?.name : typeof value}`,
  );
};
