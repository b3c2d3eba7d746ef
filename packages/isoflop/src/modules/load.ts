import { existsSync, realpathSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { choice, RegistryError } from "@isoflop/spec";
import type { ModuleContent } from "@isoflop/sweep";
import * as v from "valibot";
import { moduleDigest } from "./digest.js";
import { ModuleError } from "./error.js";
import { evaluate } from "./evaluate.js";
import { type SortName, sortNames, sortOf } from "./sorts.js";

/** A module whose parts are known in this thread. */
export interface LoadedModule extends ModuleContent {
  /** The names of its parts, by sort. */
  readonly parts: Readonly<Partial<Record<SortName, string>>>;
}

const here: LoadedModule[] = [];

/** The modules that are loaded in this thread. */
export const loadedHere: readonly LoadedModule[] = here;

const loaded = new Map<string, Promise<LoadedModule>>();

/**
 * Loads a TypeScript or JavaScript module and makes known what it exports by the name of a sort: `density`, `weighting`, `path`, `solver`,
 * `grid`, `source`, `decoder`, `conditioning`, `schedule`, `optimizer`, `metric`, `runner`. Once in a thread, however often it is asked for.
 * @param file a path, from `base` (the working folder unless told)
 * @throws ModuleError for a file that is not there, cannot be compiled or throws, exports no part or one that is none, or has a name
 * that is taken
 */
export const loadModule = (file: string, base = process.cwd()): Promise<LoadedModule> => {
  const path = resolve(base, file);
  if (!existsSync(path)) return Promise.reject(new ModuleError(`there is no module ${path}`));
  if (statSync(path).isDirectory())
    return Promise.reject(new ModuleError(`${path} is a folder; it must be a module, a TypeScript or JavaScript file`));
  const real = realpathSync(path);
  const known = loaded.get(real) ?? load(real);
  loaded.set(real, known);
  return known;
};

const load = async (path: string): Promise<LoadedModule> => {
  const evaluated = await evaluate(path);
  const { exports } = evaluated;
  const found = sortNames.filter((name) => name in exports);
  if (found.length === 0) throw new ModuleError(`${path} exports no part; ${whatThereIs(Object.keys(exports))}`);
  const parts: Partial<Record<SortName, string>> = {};
  for (const sort of found) parts[sort] = add(path, sort, exports[sort]);
  const module = { path, digest: moduleDigest(path, evaluated), parts };
  here.push(module);
  return module;
};

const add = (path: string, sort: SortName, part: unknown): string => {
  try {
    return sortOf(sort).add(part);
  } catch (error) {
    if (!(error instanceof ModuleError || error instanceof RegistryError)) throw error;
    const where = error instanceof RegistryError ? `export ${sort}: ` : "export ";
    throw new ModuleError(`${path}: ${where}${error.message}`, { cause: error });
  }
};

/** What a module exports that has no part, and which of the names was probably meant. */
const whatThereIs = (names: readonly string[]): string => {
  const others = names.filter((name) => name !== "default" && name !== "__esModule");
  const right = (name: unknown): string => v.safeParse(choice(sortNames), name).issues![0].message;
  const near = others.find((name) => right(name).includes("did you mean")) ?? others[0];
  const there = others.length === 0 ? "it exports nothing" : `it exports ${others.join(", ")}`;
  return `${there}${names.includes("default") ? " and a default" : ""}, and a part is exported by the name of its sort, ${right(near)}`;
};
