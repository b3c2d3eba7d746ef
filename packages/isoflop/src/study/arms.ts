import { parse } from "node:path";
import { inputError } from "../exit.js";
import { type FieldPath, type ResolvedStudy, resolveStudy, type WrittenStudy } from "./file/read.js";
import type { StudyFile } from "./file/schema.js";
import { type Assignment, assign } from "./file/set.js";

/** One of the studies that a study is made of: the same but for what is compared. */
export interface Arm {
  /** Its values, as a folder can be called. */
  readonly name: string;
  readonly study: ResolvedStudy;
}

type Compare = NonNullable<StudyFile["compare"]>;
type Value = readonly [path: string, value: unknown];

/** What one of them sets, and what it is called. */
interface Choice {
  readonly name: string;
  readonly values: readonly Value[];
  /** Where it is written, in the study. */
  placeOf(path: string): FieldPath;
}

const isList = (compare: Compare): compare is Extract<Compare, readonly unknown[]> => Array.isArray(compare);

/** Every choice of one value for each path; of a list its entries. */
const choices = (compare: Compare): readonly Choice[] => {
  if (isList(compare))
    return compare.map(({ name, ...set }, i) => ({
      ...{ name, values: Object.entries(set) },
      placeOf: (path) => ["compare", i, path],
    }));
  const all = Object.entries(compare).reduce<Value[][]>(
    (before, [path, values]) => before.flatMap((chosen) => values.map((value) => [...chosen, [path, value] as const])),
    [[]],
  );
  return all.map((values) => ({
    ...{ name: values.map(([, value]) => nameOf(value)).join("-"), values },
    placeOf: (path) => ["compare", path],
  }));
};

/** The fields in which the studies of a study differ, in words. */
export const comparedFields = (compare: Compare = {}): string => {
  const fields = isList(compare) ? compare.flatMap(({ name: _, ...set }) => Object.keys(set)) : Object.keys(compare);
  return [...new Set(fields)].join(", ");
};

/** A value as a folder can be called: a name, what a record is known by (the file of a module, without its ending), or what it holds. */
const nameOf = (value: unknown): string => {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    const { name, source, kind, module } = value as { readonly [key: string]: unknown };
    const file = typeof module === "string" ? parse(module).name : undefined;
    const known = [name, source, kind, file].find((text) => typeof text === "string");
    if (known !== undefined) return nameOf(known);
  }
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return (
    text
      .replace(/[^\w.-]+/g, "-")
      .replace(/^[-.]+|-+$/g, "")
      .slice(0, 40) || "value"
  );
};

/**
 * The studies that a study compares, one for each choice of the values of its `compare`; undefined for a study that is one.
 * @param sets what was set on the command line
 * @throws CliError for a path that is no field of a study, or a value that is none of its field
 */
export const armsOf = async (
  written: WrittenStudy,
  sets: readonly Assignment[],
  { file, name }: ResolvedStudy,
): Promise<readonly Arm[] | undefined> => {
  const { compare } = file;
  if (compare === undefined) return undefined;
  if (Object.keys(compare).length === 0)
    throw inputError(`${name}: compare is empty; it must be a record of one path and its values`);
  const { lineOf } = written;
  const { compare: _, ...common } = assign(written.value, sets) as Record<string, unknown>;
  const arms: Arm[] = [];
  for (const { name: own, values, placeOf } of choices(compare)) {
    const set = values.map(([path, value]) => {
      const line = lineOf?.(placeOf(path));
      const place = `${name}${line === undefined ? "" : `:${line}`}: compare of ${path}: ${JSON.stringify(value)}`;
      return { text: `${path}=${JSON.stringify(value)}`, place, path: path.split("."), value };
    });
    const value = { ...common, name: `${file.name}-${own}`.slice(0, 64) };
    arms.push({ name: own, study: await resolveStudy({ ...written, value }, set) });
  }
  const names = arms.map((arm) => arm.name.toLowerCase());
  return arms.map((arm, i) => {
    const own = names[i]!;
    const free = names.indexOf(own) === names.lastIndexOf(own) && !taken.has(own);
    return free ? arm : { ...arm, name: `${arm.name}-${i + 1}` };
  });
};

/** What else lies in a study's folder, also where letters of both cases are the same. */
const taken: ReadonlySet<string> = new Set(["runs", "figures", "study.json", "summary.json", "report.html"]);

/**
 * Checks that arms are several studies: what is compared must decide what is trained.
 * @param hashes of their studies, in their order; undefined for what was planned without its data
 * @throws CliError naming two that are one
 */
export const requireUnlike = (name: string, arms: readonly Arm[], hashes: readonly (string | undefined)[]): void => {
  const again = hashes.findIndex((hash, i) => hash !== undefined && hashes.indexOf(hash) < i);
  if (again < 0) return;
  const pair = [arms[hashes.indexOf(hashes[again])]!, arms[again]!].map((arm) => arm.name).join(" and ");
  throw inputError(`${name}: compare: ${pair} are one study, which trains the same runs; give values that differ`);
};
