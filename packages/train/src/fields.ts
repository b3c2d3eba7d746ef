import { TrainError } from "./errors.js";

/** Checks one value and returns it typed. `path` names it in errors. */
export type Check<T> = (value: unknown, path: string) => T;

/** Checks of every field of a record. A check that accepts `undefined` makes its field optional. */
export type Fields<T> = { readonly [K in keyof T]-?: Check<T[K]> };

const shown = (value: unknown): string =>
  typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value));

const wrong = (path: string, value: unknown, right: string): TrainError =>
  new TrainError(
    "spec",
    value === undefined ? `${path} is missing; it must be ${right}` : `${path} is ${shown(value)}; it must be ${right}`,
  );

/** Edits (insertions, deletions, substitutions) between two words. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length]!;
};

/** The word of `words` that `word` was probably meant to be. */
export const nearest = (word: string, words: readonly string[]): string | undefined => {
  const ranked = words
    .map((candidate) => ({ candidate, edits: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits);
  const [best] = ranked;
  return best && best.edits <= Math.max(2, Math.floor(word.length / 2)) ? best.candidate : undefined;
};

const didYouMean = (word: string, words: readonly string[]): string => {
  const candidate = nearest(word, words);
  return candidate === undefined ? "" : `did you mean "${candidate}"? `;
};

/** @throws TrainError `spec` on a key outside `allowed`, naming the nearest right one: a mistyped option must not be ignored. */
export const onlyKeys = (
  value: unknown,
  path: string,
  allowed: readonly string[],
): Readonly<Record<string, unknown>> => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong(path, value, "a record");
  for (const key of Object.keys(value))
    if (!allowed.includes(key))
      throw new TrainError(
        "spec",
        `${path} has an unknown key "${key}"; ${didYouMean(key, allowed)}it takes ${allowed.join(", ")}`,
      );
  return value as Readonly<Record<string, unknown>>;
};

/** A record with exactly these fields. */
export const record =
  <T>(fields: Fields<T>): Check<T> =>
  (value, path) => {
    const keys = Object.keys(fields) as (keyof T & string)[];
    const given = onlyKeys(value, path, keys);
    const checked = keys.map((key) => [key, fields[key](given[key], `${path}.${key}`)] as const);
    return Object.fromEntries(checked.filter(([, item]) => item !== undefined)) as T;
  };

/** One of several records, told apart by their `kind`. */
export const oneOfKinds =
  <T extends { readonly kind: string }>(
    kinds: { readonly [K in T["kind"]]: Check<Extract<T, { kind: K }>> },
  ): Check<T> =>
  (value, path) => {
    const names = Object.keys(kinds) as T["kind"][];
    const kind = typeof value === "object" && value !== null ? (value as { kind?: unknown }).kind : undefined;
    const name = oneOf(names)(kind, `${path}.kind`);
    return kinds[name](value, path) as T;
  };

export const oneOf =
  <const T extends string>(choices: readonly T[]): Check<T> =>
  (value, path) => {
    const found = choices.find((choice) => choice === value);
    if (found !== undefined) return found;
    const hint = typeof value === "string" ? didYouMean(value, choices) : "";
    throw wrong(path, value, `one of ${choices.map(shown).join(", ")}${hint && ` (${hint.trim()})`}`);
  };

/** Fills in a missing field. */
export const withDefault =
  <T>(check: Check<T>, fallback: T): Check<T> =>
  (value, path) =>
    value === undefined ? fallback : check(value, path);

export const text: Check<string> = (value, path) => {
  if (typeof value === "string" && value !== "") return value;
  throw wrong(path, value, "a text");
};

export const integer =
  (least: number, most = Number.MAX_SAFE_INTEGER): Check<number> =>
  (value, path) => {
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= least && value <= most) return value;
    const bound = most === Number.MAX_SAFE_INTEGER ? "" : ` and at most ${most}`;
    throw wrong(path, value, `a whole number of at least ${least}${bound}`);
  };

/** A finite number in [low, high], without an end that is `open`. */
export const number =
  (low: number, high: number, open: { readonly low?: boolean; readonly high?: boolean } = {}): Check<number> =>
  (value, path) => {
    if (typeof value === "number" && Number.isFinite(value))
      if ((open.low ? value > low : value >= low) && (open.high ? value < high : value <= high)) return value;
    const bounds = [
      low === -Infinity ? "" : ` ${open.low ? "above" : "of at least"} ${low}`,
      high === Infinity ? "" : ` ${open.high ? "below" : "of at most"} ${high}`,
    ].filter(Boolean);
    throw wrong(path, value, `a finite number${bounds.join(" and")}`);
  };

export const positive: Check<number> = number(0, Infinity, { low: true });
