import { parse } from "yaml";
import { usageError } from "../../exit.js";

/** `--set grid.seeds=2`: a field, and the value that replaces what the file says of it. */
export interface Assignment {
  /** As it was typed. */
  readonly text: string;
  readonly path: readonly string[];
  readonly value: unknown;
}

/** @throws CliError `usage` for a text that is none */
export const readAssignment = (text: string): Assignment => {
  const at = text.indexOf("=");
  const path = text.slice(0, Math.max(0, at)).trim().split(".");
  if (at < 0 || path.some((key) => key === ""))
    throw usageError(`--set ${text}: expected a field and its value, such as optimizer.warmup=0.1`);
  try {
    return { text, path, value: parse(text.slice(at + 1)) as unknown };
  } catch (error) {
    throw usageError(`--set ${text}: ${(error as Error).message.split("\n")[0]}`);
  }
};

type Holder = Record<string, unknown>;

const isHolder = (value: unknown): value is Holder => typeof value === "object" && value !== null;

/** A copy of a value with the fields set, later ones over earlier ones; records on the way are made. @throws CliError `usage` where a field's holder is no record */
export const assign = (value: unknown, sets: readonly Assignment[]): unknown => {
  const copy = structuredClone(value);
  if (sets.length === 0) return copy;
  if (!isHolder(copy)) return copy;
  for (const { text, path, value: given } of sets) {
    let holder: Holder = copy;
    for (const [i, key] of path.slice(0, -1).entries()) {
      const next = holder[key] ?? {};
      if (!isHolder(next))
        throw usageError(
          `--set ${text}: ${path.slice(0, i + 1).join(".")} is ${JSON.stringify(next)}, which has no fields; set it whole, as a record`,
        );
      holder[key] = next;
      holder = next;
    }
    holder[path.at(-1)!] = given;
  }
  return copy;
};
