import { sources } from "@isoflop/data";
import { densities, paths, solvers, weightings } from "@isoflop/diffusion";
import { addConditioning, type NamedConditioning } from "@isoflop/dit";
import { type Kind, read, record, text } from "@isoflop/spec";
import { runners } from "@isoflop/sweep";
import { metrics, schedules } from "@isoflop/train";
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

const isFunction = v.custom<(...given: never[]) => unknown>((value) => typeof value === "function", "a function");
const isSchema = v.custom<v.GenericSchema>(
  (value) => typeof (value as { readonly "~run"?: unknown } | null)?.["~run"] === "function",
  "a schema, such as number() of @isoflop/spec",
);
const options = v.custom<object>(
  (value) => typeof value === "object" && value !== null,
  "a record of schemas, {} for none",
);

/** A part is a record, or a function with the same fields. */
const fieldsOf = (part: unknown, names: readonly string[]): Readonly<Record<string, unknown>> | unknown => {
  if (typeof part !== "function") return part;
  return Object.fromEntries(names.map((name) => [name, (part as unknown as Readonly<Record<string, unknown>>)[name]]));
};

const kindSchema = v.looseObject({ name: text, options, build: isFunction }, ({ expected }) =>
  expected === "Object" ? "a kind({ name, options, build }) of @isoflop/spec" : "given",
);

const checkKind = (sort: string, part: unknown): Kind<never> => {
  const checked = read(kindSchema, fieldsOf(part, ["name", "options", "build"]), { name: sort, error });
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

const conditioningSchema = v.looseObject(
  {
    name: text,
    architecture: v.looseObject({ words: text, layers: isFunction }, "a record: how @isoflop/flops counts it"),
    trunk: v.looseObject({ specs: isFunction, forward: isFunction }, "a record: how @isoflop/dit builds it"),
  },
  ({ expected }) =>
    expected === "Object" ? "a defineConditioning({ name, architecture, trunk }) of @isoflop/dit" : "given",
);

/** How a conditioning is named in a config: it has no options. */
const nothing = record({});

/** Every sort of part by the name of its export. A new one is a line here. */
export const sorts = {
  density: kindsOf("density", densities, { inner: { density: "density" } }),
  weighting: kindsOf("weighting", weightings),
  path: kindsOf("path", paths),
  solver: kindsOf("solver", solvers),
  source: kindsOf("source", sources, { by: "source" }),
  schedule: kindsOf("schedule", schedules),
  metric: kindsOf("metric", metrics, { inner: { data: "source" } }),
  runner: kindsOf("runner", runners),
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
