/** Input that cannot be drawn honestly. `field` is the path of the offending value, e.g. `runs[3].loss`. */
export class PlotInputError extends Error {
  override readonly name = "PlotInputError";
  constructor(
    readonly field: string,
    readonly value: unknown,
    expected: string,
  ) {
    super(`${field}: expected ${expected}, got ${show(value)}`);
  }
}

const show = (value: unknown): string => {
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  return String(value);
};

type Fields = Record<string, unknown>;

export const object = (field: string, value: unknown): Fields => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new PlotInputError(field, value, "an object");
  }
  return value as Fields;
};

export const array = (field: string, value: unknown): readonly unknown[] => {
  if (!Array.isArray(value)) throw new PlotInputError(field, value, "an array");
  return value;
};

/** Checks every entry of an array, handing on the path of each. */
export const each = (field: string, value: unknown, check: (entry: unknown, field: string) => void): void => {
  for (const [i, entry] of array(field, value).entries()) check(entry, `${field}[${i}]`);
};

export const text = (field: string, value: unknown): string => {
  if (typeof value !== "string") throw new PlotInputError(field, value, "a string");
  return value;
};

export const flag = (field: string, value: unknown): boolean => {
  if (typeof value !== "boolean") throw new PlotInputError(field, value, "true or false");
  return value;
};

export const finite = (field: string, value: unknown): number => {
  if (typeof value !== "number" || !Number.isFinite(value)) throw new PlotInputError(field, value, "a finite number");
  return value;
};

export const positive = (field: string, value: unknown): number => {
  if (typeof value !== "number" || !Number.isFinite(value) || value <= 0) {
    throw new PlotInputError(field, value, "a finite number above 0");
  }
  return value;
};

export const notNegative = (field: string, value: unknown): number => {
  if (typeof value !== "number" || !Number.isFinite(value) || value < 0) {
    throw new PlotInputError(field, value, "a finite number, 0 or above");
  }
  return value;
};

export const integer = (field: string, value: unknown): number => {
  if (!Number.isInteger(value) || (value as number) < 1) {
    throw new PlotInputError(field, value, "a whole number, 1 or above");
  }
  return value as number;
};

export const interval = (field: string, value: unknown): readonly [number, number] => {
  const ends = array(field, value);
  if (ends.length !== 2) throw new PlotInputError(field, value, "[low, high]");
  const low = finite(`${field}[0]`, ends[0]);
  const high = finite(`${field}[1]`, ends[1]);
  if (low > high) throw new PlotInputError(`${field}[1]`, high, `at least the lower end, ${low}`);
  return [low, high];
};

/** JSON writes null where a value does not exist yet. */
export const given = <T>(value: T): value is NonNullable<T> => value !== undefined && value !== null;
