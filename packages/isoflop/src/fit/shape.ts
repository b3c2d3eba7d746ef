/** What a field of a saved document must be. */
export type Shape = (value: unknown, path: string) => void;

/** The first field that is not what it must be. */
export class Flaw extends Error {
  override readonly name = "Flaw";

  constructor(path: string, value: unknown, expected: string) {
    super(`${path} is ${value === undefined ? "missing" : `${told(value)}; expected ${expected}`}`);
  }
}

/** JSON has `null` for a number that is not known. */
const told = (value: unknown): string => {
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  return value === null || Number.isNaN(value) ? "null" : String(value);
};

const where =
  (right: (value: unknown) => boolean, expected: string): Shape =>
  (value, path) => {
    if (!right(value)) throw new Flaw(path, value, expected);
  };

const isNumber = (value: unknown): value is number => typeof value === "number";

export const text = where((value) => typeof value === "string", "text");
export const flag = where((value) => typeof value === "boolean", "true or false");
export const finite = where(Number.isFinite, "a finite number");
export const positive = where((v) => isNumber(v) && v > 0 && Number.isFinite(v), "a finite number above 0");
export const notNegative = where((v) => isNumber(v) && v >= 0 && Number.isFinite(v), "a finite number, 0 or more");
export const count = where((v) => Number.isSafeInteger(v) && (v as number) >= 0, "a whole number, 0 or more");
/** A number that may be infinite, or not known. */
export const anyNumber = where(isNumber, "a number or null");
/** A standard error or a variance, which may be infinite or not known. */
export const spread = where((v) => isNumber(v) && !(v < 0), "a number, 0 or more, or null");

export const oneOf = (...names: readonly string[]): Shape =>
  where((value) => names.includes(value as string), names.map((name) => `"${name}"`).join(", "));

/** `null` stands for a number that is not known, and not for a field that is not there. */
export const optional =
  (shape: Shape): Shape =>
  (value, path) => {
    if (value !== undefined) shape(value, path);
  };

export const list =
  (shape: Shape, length?: number): Shape =>
  (value, path) => {
    if (!Array.isArray(value)) throw new Flaw(path, value, "a list");
    if (length !== undefined && value.length !== length) throw new Flaw(path, value, `a list of ${length}`);
    value.forEach((entry, i) => {
      shape(entry, `${path}[${i}]`);
    });
  };

export const recordOf = (value: unknown, path: string): Readonly<Record<string, unknown>> => {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new Flaw(path === "" ? "it" : path, value, "an object");
};

const own = (record: Readonly<Record<string, unknown>>, key: string): unknown =>
  Object.hasOwn(record, key) ? record[key] : undefined;

/** Any names, each of the same shape. */
export const each =
  (shape: Shape): Shape =>
  (value, path) => {
    for (const [key, entry] of Object.entries(recordOf(value, path))) shape(entry, `${path}.${key}`);
  };

/** Named fields; others are let through. */
export const fields =
  (shapes: Readonly<Record<string, Shape>>): Shape =>
  (value, path) => {
    const record = recordOf(value, path);
    for (const [key, shape] of Object.entries(shapes)) shape(own(record, key), path === "" ? key : `${path}.${key}`);
  };

/** All of several shapes, the first flaw first. */
export const all =
  (...shapes: readonly Shape[]): Shape =>
  (value, path) => {
    for (const shape of shapes) shape(value, path);
  };

/** The shape that a field of the same object decides. */
export const by =
  (key: string, choose: (decides: unknown) => Shape): Shape =>
  (value, path) =>
    choose(own(recordOf(value, path), key))(value, path);

/** [low, high], each of which may be infinite or not known. */
export const interval = all(list(anyNumber, 2), (value, path) => {
  const [low, high] = value as [number, number];
  if (low > high) throw new Flaw(path, `[${low}, ${high}]`, "the smaller number first");
});

/** A covariance of `size` parameters: symmetric, and no correlation above 1. */
export const covariance = (size: number): Shape =>
  all(list(list(finite, size), size), (value, path) => {
    const rows = value as readonly (readonly number[])[];
    rows.forEach((row, i) => {
      if (row[i]! < 0) throw new Flaw(`${path}[${i}][${i}]`, row[i], "a variance, 0 or more");
      row.forEach((entry, j) => {
        const most = Math.sqrt(row[i]! * rows[j]![j]!);
        const slack = 1e-6 * most + Number.MIN_VALUE;
        if (Math.abs(entry) > most + slack || Math.abs(entry - rows[j]![i]!) > slack)
          throw new Flaw(`${path}[${i}][${j}]`, entry, "a covariance of the variances on the diagonal");
      });
    });
  });
