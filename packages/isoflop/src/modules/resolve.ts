import { read, text } from "@isoflop/spec";
import { ModuleError } from "./error.js";
import { type LoadedModule, loadModule } from "./load.js";
import { type SortName, sortOf } from "./sorts.js";

/** Where in a record a part stands, and of which sort it is. `*` is every entry of a list or record. */
export interface Position {
  readonly path: readonly string[];
  readonly sort: SortName;
}

/** Where the parts of a run stand. */
export const runPositions: readonly Position[] = [
  { path: ["data"], sort: "source" },
  { path: ["model", "conditioning"], sort: "conditioning" },
  { path: ["objective", "path"], sort: "path" },
  { path: ["objective", "weighting"], sort: "weighting" },
  { path: ["objective", "density"], sort: "density" },
  { path: ["optimizer", "shape"], sort: "schedule" },
  { path: ["optimizer"], sort: "optimizer" },
  { path: ["runner"], sort: "runner" },
];

type Loose = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Loose =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What stands at the end of a path, replaced by what `change` makes of it. What is not there stays away. */
const changed = async (
  value: unknown,
  path: readonly string[],
  at: string,
  change: (found: unknown, at: string) => Promise<unknown>,
): Promise<unknown> => {
  const [first, ...rest] = path;
  if (first === undefined) return change(value, at);
  if (Array.isArray(value)) {
    if (first !== "*") return value;
    const entries: unknown[] = [];
    for (const [i, entry] of value.entries()) entries.push(await changed(entry, rest, `${at}[${i}]`, change));
    return entries;
  }
  if (!isRecord(value)) return value;
  const out: Record<string, unknown> = { ...value };
  for (const key of first === "*" ? Object.keys(value) : [first])
    if (value[key] !== undefined) out[key] = await changed(value[key], rest, at === "" ? key : `${at}.${key}`, change);
  return out;
};

/** A record in which every part that was asked for by its module is asked for by its name. */
export interface Resolved<T> {
  readonly value: T;
  /** The modules that were asked for, each once, in the order in which they were met. */
  readonly modules: readonly LoadedModule[];
}

/**
 * Loads the modules that a plain record asks for and puts the names of their parts in their place: `{ module: "./mine.ts", mean: 0.3 }` where
 * a density stands becomes `{ kind: "mine", mean: 0.3 }`, where a source stands `{ source: "mine", … }`, where a conditioning stands its name.
 * @param base the folder that paths of modules start from
 * @throws ModuleError for a module that has no part of that sort, with the place in the record; as `loadModule` does
 */
export const resolveModules = async <T>(
  value: T,
  positions: readonly Position[],
  base: string,
): Promise<Resolved<T>> => {
  const modules = new Map<string, LoadedModule>();
  const partOf = async (file: unknown, sort: SortName, at: string): Promise<string> => {
    const error = (message: string) => new ModuleError(message);
    const module = await loadModule(read(text, file, { name: `${at}.module`, error }), base);
    const name = module.parts[sort];
    if (name === undefined)
      throw new ModuleError(
        `${at}: ${module.path} exports no ${sort}; it exports ${Object.keys(module.parts).join(", ")}`,
      );
    modules.set(module.path, module);
    return name;
  };
  const ask =
    (sort: SortName) =>
    async (found: unknown, at: string): Promise<unknown> => {
      if (!isRecord(found)) return found;
      let given: unknown = found;
      for (const [field, inner] of Object.entries(sortOf(sort).inner ?? {}))
        given = await changed(given, [field], at, ask(inner as SortName));
      const { module: file, ...options } = given as Loose;
      if (file === undefined) return given;
      return sortOf(sort).ask(await partOf(file, sort, at), options);
    };
  let out: unknown = value;
  for (const { path, sort } of positions) out = await changed(out, path, "", ask(sort));
  return { value: out as T, modules: [...modules.values()] };
};
