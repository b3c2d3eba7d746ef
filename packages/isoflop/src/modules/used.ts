import type { LoadedModule } from "./load.js";
import type { Position } from "./resolve.js";
import { type SortName, sortOf } from "./sorts.js";

type Loose = Readonly<Record<string, unknown>>;

/** Everything at the end of a path. */
const found = (value: unknown, [first, ...rest]: readonly string[]): readonly unknown[] => {
  if (first === undefined) return value === undefined ? [] : [value];
  if (typeof value !== "object" || value === null) return [];
  if (first !== "*") return found((value as Loose)[first], rest);
  return Object.values(value).flatMap((entry) => found(entry, rest));
};

/** The names of parts that a part's record asks for, its own and those within. */
const namesIn = (sort: SortName, part: unknown): readonly (readonly [SortName, string])[] => {
  if (typeof part === "string") return [[sort, part]];
  if (typeof part !== "object" || part === null) return [];
  const { kind, source } = part as Loose;
  const inner = Object.entries(sortOf(sort).inner ?? {}) as readonly (readonly [string, SortName])[];
  return [[sort, String(source ?? kind)], ...inner.flatMap(([field, of]) => namesIn(of, (part as Loose)[field]))];
};

/** Of some modules those of which a record asks for a part: others do not decide what it makes. */
export const usedModules = (
  value: unknown,
  positions: readonly Position[],
  modules: readonly LoadedModule[],
): readonly LoadedModule[] => {
  const named = positions.flatMap(({ path, sort }) => found(value, path).flatMap((part) => namesIn(sort, part)));
  return modules.filter(({ parts }) => named.some(([sort, name]) => parts[sort] === name));
};
