import { parse } from "yaml";
import { usageError } from "../../exit.js";

/** `--set grid.seeds=2`: a field, and the value that replaces what the file says of it. */
export interface Assignment {
  /** As it was typed. */
  readonly text: string;
  /** What it is called in messages. */
  readonly place: string;
  readonly path: readonly string[];
  readonly value: unknown;
}

/** @throws CliError `usage` for a text that is none */
export const readAssignment = (text: string): Assignment => {
  const place = `--set ${text}`;
  const at = text.indexOf("=");
  const path = text.slice(0, Math.max(0, at)).trim().split(".");
  if (at < 0 || path.some((key) => key === ""))
    throw usageError(`${place}: expected a field and its value, such as optimizer.warmup=0.1`);
  try {
    return { text, place, path, value: parse(text.slice(at + 1), { logLevel: "error" }) as unknown };
  } catch (error) {
    throw usageError(`${place}: ${(error as Error).message.split("\n")[0]}`);
  }
};

type Holder = Record<string, unknown>;

const isHolder = (value: unknown): value is Holder => typeof value === "object" && value !== null;

/**
 * A copy of a value with the fields set, later ones over earlier ones; records on the way are made, entries of lists are counted from 0.
 * @throws CliError `usage` where a field's holder is no record, or a list without that entry
 */
export const assign = (value: unknown, sets: readonly Assignment[]): unknown => {
  const copy = structuredClone(value);
  if (!isHolder(copy)) return copy;
  for (const { place, path, value: given } of sets) {
    let holder: unknown = copy;
    for (const [i, key] of path.entries()) {
      const wrong = wrongKey(holder, key);
      if (wrong) throw usageError(`${place}: ${path.slice(0, i).join(".")} ${wrong}`);
      const fields = holder as Holder;
      const last = i === path.length - 1;
      const before = Object.hasOwn(fields, key) ? fields[key] : undefined;
      holder = last ? given : (before ?? {});
      // A key may be called __proto__: it is a field like any other, and told as one that is not known.
      Object.defineProperty(fields, key, { value: holder, enumerable: true, configurable: true, writable: true });
    }
  }
  return copy;
};

/** Why a value has no place of that name; undefined where it has. */
const wrongKey = (holder: unknown, key: string): string | undefined => {
  if (!isHolder(holder)) return `is ${JSON.stringify(holder)}, which has no fields; set it whole, as a record`;
  if (!Array.isArray(holder) || (/^\d+$/.test(key) && Number(key) < holder.length)) return undefined;
  return `is a list of ${holder.length}, which has no entry "${key}"; name one by its number from 0, or set it whole`;
};
