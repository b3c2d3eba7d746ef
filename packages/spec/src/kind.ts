import * as v from "valibot";
import { choice, record } from "./fields.js";
import { type Named, type Registry, registry } from "./registry.js";

/** A part that a record can ask for by its name and options: `{ kind: name, …options }`. */
export interface Kind<T> extends Named {
  /** What it is, in a few words, for lists and help. */
  readonly about?: string;
  /** Fields of the record beside the name: their checks and defaults. */
  readonly options: v.ObjectEntries;
  /** @param options as the checks gave them */
  build(options: never): T;
}

/** One kind of part, with the types of its options for what builds it. */
export const kind = <const N extends string, const E extends v.ObjectEntries, T>(part: {
  readonly name: N;
  readonly about?: string;
  readonly options: E;
  readonly build: (options: v.InferOutput<v.StrictObjectSchema<E, undefined>>) => T;
}) => part;

/** What a kind makes. */
export type BuiltBy<K> = K extends { readonly build: (options: never) => infer T } ? T : never;

/** A record that names a part and its options: plain data, to be hashed and stored. */
export type KindSpec<By extends string = "kind"> = {
  /** Any text; of the names, an editor still offers those that are known. */
  readonly [field in By]: string & Record<never, never>;
} & { readonly [option: string]: unknown };

/** The records of a kind, or of any of several. */
export type SpecOf<K extends Kind<unknown>, By extends string = "kind"> = K extends K
  ? Readonly<Record<By, K["name"]> & v.InferOutput<v.StrictObjectSchema<K["options"], undefined>>>
  : never;

/** The same as one writes them: without the options that have a default. */
export type SpecInputOf<K extends Kind<unknown>, By extends string = "kind"> = K extends K
  ? Readonly<Record<By, K["name"]> & v.InferInput<v.StrictObjectSchema<K["options"], undefined>>>
  : never;

/** The records of all kinds of a registry, those from outside too. */
export type SpecIn<R extends { readonly schema: v.GenericSchema }> = v.InferOutput<R["schema"]>;

/** Kinds of parts of one sort, with the schema of the records that ask for them. The records of `K` are known to the compiler, of others it knows the name. */
export interface Kinds<T, K extends Kind<unknown> = never, By extends string = "kind"> extends Registry<Kind<T>> {
  /** Of a record of any kind there is when it is read. */
  readonly schema: v.GenericSchema<SpecInputOf<K, By> | KindSpec<By>, SpecOf<K, By> | KindSpec<By>>;
  /** The part that a checked record, or the name of a kind with defaults alone, asks for. @throws RegistryError for a kind that is not there */
  build(spec: SpecOf<K, By> | KindSpec<By> | string): T;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A registry of kinds that records name by the field `by`. */
export const kinds = <const K extends Kind<unknown>, const By extends string = "kind">(
  what: string,
  entries: readonly K[],
  by: By | "kind" = "kind",
): Kinds<BuiltBy<K>, K, By> => {
  type T = BuiltBy<K>;
  const parts = registry<Kind<T>>(what, entries as readonly Kind<T>[]);
  const schemaOf = ({ name, options }: Kind<T>): v.GenericSchema => record({ [by]: v.literal(name), ...options });
  const schema = v.lazy((value: unknown): v.GenericSchema => {
    // Asked without a record, as for its JSON Schema, it is any kind there is.
    if (value === undefined) return v.union([...parts].map(schemaOf), "a record");
    const name = isRecord(value) && value[by];
    if (typeof name === "string" && parts.has(name)) return schemaOf(parts.get(name));
    const named = choice(parts.names);
    // No kind: of all its fields only the name is to be told.
    if (isRecord(value))
      return v.pipe(
        v.unknown(),
        v.transform(() => ({ [by]: value[by] })),
        record({ [by]: named }),
      );
    return v.never(`a record whose ${by} is ${v.safeParse(named, value).issues?.[0].message ?? JSON.stringify(value)}`);
  });
  return Object.assign(parts, {
    schema: schema as v.GenericSchema as Kinds<T, K, By>["schema"],
    build: (spec: Readonly<Record<string, unknown>> | string): T => {
      const asked: unknown = typeof spec === "string" ? v.parse(schemaOf(parts.get(spec)), { [by]: spec }) : spec;
      const { [by]: name, ...options } = (asked ?? {}) as Readonly<Record<string, unknown>>;
      return parts.get(String(name)).build(options as never);
    },
  });
};

/** What has records and names of kinds. */
interface Records<I, O> {
  readonly names: readonly string[];
  readonly schema: v.GenericSchema<I, O>;
}

/** Of a record of any of the kinds, or of the name alone of one whose options all have their defaults: a name becomes its record. */
export const recordOrName = <I, O extends KindSpec>(all: Records<I, O>) => {
  const records: v.GenericSchema<unknown, KindSpec> = all.schema;
  const expanded = v.transform((kind: string): unknown => ({ kind }));
  const schema = v.lazy((value: unknown) => {
    if (value === undefined) return v.union([choice(all.names), records]);
    return typeof value === "object" && value !== null ? records : v.pipe(choice(all.names), expanded, records);
  });
  return schema as v.GenericSchema as v.GenericSchema<I | O["kind"], O>;
};

/** The same, where such a record becomes its name. */
export const nameOrRecord = <I, O extends KindSpec>(all: Records<I, O>) => {
  const schema: v.GenericSchema<unknown, KindSpec> = recordOrName(all);
  const shortened = v.transform((spec: KindSpec) => {
    const plain = v.safeParse(schema, spec.kind);
    return JSON.stringify(spec) === JSON.stringify(plain.output) ? spec.kind : spec;
  });
  return v.pipe(schema, shortened) as v.GenericSchema as v.GenericSchema<I | O["kind"], O | O["kind"]>;
};
