import { decoders, sources } from "@isoflop/data";
import { densities, grids, paths, solvers, weightings } from "@isoflop/diffusion";
import { addConditioning, type NamedConditioning } from "@isoflop/dit";
// Its extractors join the registry.
import "@isoflop/features";
import { extractors } from "@isoflop/metrics";
import { type Kind, read, record, text } from "@isoflop/spec";
import { runners } from "@isoflop/sweep";
import { metrics, optimizers, schedules } from "@isoflop/train";
import * as v from "valibot";
import { ModuleError } from "./error.js";

/** What a sort of part is, and where its parts go. */
interface Sort {
  /** Makes a part known by its name. @throws Error saying what it should be, RegistryError for a name that is taken */
  readonly add: (part: unknown) => string;
  /** The record that asks for a part by its name, with options. */
  readonly ask: (name: string, options: Readonly<Record<string, unknown>>) => unknown;
  /** Fields of such a record that hold parts themselves, and their sorts. */
  readonly inner?: Readonly<Record<string, string>>;
}

const error = (message: string) => new ModuleError(message);

/** A record with at least these fields; `right` says what they should be, and what the record. */
const having = <const E extends v.ObjectEntries>(entries: E, right: Readonly<Record<keyof E | "itself", string>>) =>
  v.looseObject(
    entries,
    ({ expected }) => right[expected === "Object" ? "itself" : (JSON.parse(expected ?? '""') as keyof E)],
  );

const FUNCTION = "a function";
const SCHEMAS = "a record of schemas, {} for none";

const isFunction = v.custom<(...given: never[]) => unknown>((value) => typeof value === "function", FUNCTION);
const isSchema = v.custom<v.GenericSchema>(
  (value) => typeof (value as { readonly "~run"?: unknown } | null)?.["~run"] === "function",
  "a schema, such as number() of @isoflop/spec",
);
const options = v.custom<object>((value) => typeof value === "object" && value !== null, SCHEMAS);

/** A part may be a function with the fields of one. */
const fieldsOf = (part: unknown): unknown =>
  typeof part === "function" ? Object.assign({}, part, { name: part.name }) : part;

const kindSchema = having(
  { name: text, options, build: isFunction },
  {
    ...{ name: "a text", options: SCHEMAS, build: FUNCTION },
    itself: "a kind({ name, options, build }) of @isoflop/spec",
  },
);

const checkKind = (sort: string, part: unknown): Kind<never> => {
  const checked = read(kindSchema, fieldsOf(part), { name: sort, error });
  for (const [name, schema] of Object.entries(checked.options))
    read(isSchema, schema, { name: `${sort}.options.${name}`, error });
  return part as Kind<never>;
};

/** A sort whose parts are kinds of a registry, which records name by `by`. */
const kindsOf = (
  sort: string,
  registry: { add(part: never): void },
  { by = "kind", inner }: { readonly by?: string; readonly inner?: Sort["inner"] } = {},
): Sort => ({
  add(part) {
    const checked = checkKind(sort, part);
    registry.add(checked as never);
    return checked.name;
  },
  ask: (name, given) => ({ [by]: name, ...given }),
  ...(inner && { inner }),
});

const COUNTED = "a record with words and layers: how @isoflop/flops counts it";
const BUILT = "a record with specs and forward: how @isoflop/dit builds it";

const conditioningSchema = having(
  {
    name: text,
    architecture: having({ words: text, layers: isFunction }, { words: "a text", layers: FUNCTION, itself: COUNTED }),
    trunk: having({ specs: isFunction, forward: isFunction }, { specs: FUNCTION, forward: FUNCTION, itself: BUILT }),
  },
  {
    ...{ name: "a text", architecture: COUNTED, trunk: BUILT },
    itself: "a defineConditioning({ name, architecture, trunk }) of @isoflop/dit",
  },
);

/** How a conditioning is named in a config: it has no options. */
const nothing = record({});

/** Every sort of part by the name of its export. A new one is a line here. */
export const sorts = {
  density: kindsOf("density", densities, { inner: { density: "density" } }),
  weighting: kindsOf("weighting", weightings),
  path: kindsOf("path", paths),
  solver: kindsOf("solver", solvers),
  grid: kindsOf("grid", grids, { inner: { grid: "grid" } }),
  source: kindsOf("source", sources, { by: "source" }),
  schedule: kindsOf("schedule", schedules),
  optimizer: kindsOf("optimizer", optimizers),
  metric: kindsOf("metric", metrics, {
    inner: { data: "source", extractor: "extractor", sampler: "solver", grid: "grid" },
  }),
  extractor: kindsOf("extractor", extractors),
  runner: kindsOf("runner", runners),
  // Data go on asking for theirs by its module, which whoever draws pictures loads: no run depends on it.
  decoder: kindsOf("decoder", decoders),
  conditioning: {
    add(part) {
      const { name } = read(conditioningSchema, part, { name: "conditioning", error });
      addConditioning(part as NamedConditioning);
      return name;
    },
    ask: (name, given) => read(nothing, given, { name: "conditioning", error }) && name,
  },
} as const satisfies Readonly<Record<string, Sort>>;

/** The name of a sort of parts, by which a module exports one. */
export type SortName = keyof typeof sorts;

export const sortNames = Object.keys(sorts) as readonly SortName[];

export const sortOf = (name: SortName): Sort => sorts[name];
