import * as v from "valibot";
import { choice, record } from "./fields.js";
import { type Named, type Registry, registry } from "./registry.js";

/** A part that a record can ask for: `{ kind: name, …options }`, or by another field, such as `{ source: name, …options }`. */
export interface Kind<T> extends Named {
  /** Fields of the record beside the name: their checks and defaults. */
  readonly options: v.ObjectEntries;
  /** @param options as the checks gave them */
  build(options: never): T;
  /** Checks and completes a whole record of this kind. */
  readonly schema: v.GenericSchema<unknown, Readonly<Record<string, unknown>>>;
}

/** A record that names a part and its options: plain data, to be hashed and stored. */
export type KindSpec<By extends string = "kind"> = {
  /** Any text; of the names, an editor still offers those that are known. */
  readonly [field in By]: string & Record<never, never>;
} & { readonly [option: string]: unknown };

/** One kind of part: its name, its options and what they make; `by` is the field that names it, "kind" unless told. */
export const kind = <
  const N extends string,
  const E extends v.ObjectEntries,
  T,
  const By extends string = "kind",
>(part: {
  readonly name: N;
  readonly by?: By;
  readonly options: E;
  readonly build: (options: v.InferOutput<v.StrictObjectSchema<E, undefined>>) => T;
}) => {
  const named = { [part.by ?? "kind"]: v.literal(part.name) } as { [field in By]: v.LiteralSchema<N, undefined> };
  return { ...part, schema: record({ ...named, ...part.options }) };
};

/** The records of a kind, or of any of several. */
export type SpecOf<K extends { readonly schema: v.GenericSchema }> = K extends K ? v.InferOutput<K["schema"]> : never;

/** The same as one writes them: without the options that have a default. */
export type SpecInputOf<K extends { readonly schema: v.GenericSchema }> = K extends K
  ? v.InferInput<K["schema"]>
  : never;

/** Kinds of parts of one sort, with the schema of the records that ask for them. The records of `K` are known to the compiler, of others it knows the name. */
export interface Kinds<T, K extends Kind<T> = never, By extends string = "kind"> extends Registry<Kind<T>> {
  /** Of a record of any kind there is when it is read. */
  readonly schema: v.GenericSchema<SpecInputOf<K> | KindSpec<By>, SpecOf<K> | KindSpec<By>>;
  /** The part that a checked record asks for. @throws RegistryError for a kind that is not there */
  build(spec: SpecOf<K> | KindSpec<By>): T;
}

/** A registry of kinds that records name by the field `by`. */
export const kinds = <T, K extends Kind<T> = never, const By extends string = "kind">(
  what: string,
  entries: readonly Kind<T>[],
  by: By | "kind" = "kind",
): Kinds<T, K, By> => {
  const parts = registry<Kind<T>>(what, entries);
  const schema = v.lazy((value: unknown): v.GenericSchema => {
    // Asked without a record, as for its JSON Schema, it is any kind there is.
    if (value === undefined)
      return v.union(
        [...parts].map((part) => part.schema),
        "a record",
      );
    const name = (value as Readonly<Record<string, unknown>> | null)?.[by];
    if (typeof name === "string" && parts.has(name)) return parts.get(name).schema;
    return record({ [by]: choice(parts.names) });
  });
  return Object.assign(parts, {
    schema: schema as v.GenericSchema as Kinds<T, K, By>["schema"],
    build: (spec: Readonly<Record<string, unknown>>): T => {
      const { [by]: name, ...options } = spec;
      return parts.get(String(name)).build(options as never);
    },
  });
};
