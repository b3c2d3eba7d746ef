import * as v from "valibot";
import { choice, record } from "./fields.js";
import { type Named, type Registry, registry } from "./registry.js";

/** A part that a record can ask for: `{ kind: name, …options }`. */
export interface Kind<T> extends Named {
  /** Fields of the record beside `kind`: their checks and defaults. */
  readonly options: v.ObjectEntries;
  /** @param options as the checks gave them */
  build(options: never): T;
  /** Checks and completes a whole record of this kind. */
  readonly schema: v.GenericSchema<unknown, KindSpec>;
}

/** A record that names a part and its options: plain data, to be hashed and stored. */
export interface KindSpec {
  readonly kind: string;
  readonly [option: string]: unknown;
}

/** One kind of part: its name, its options and what they make. */
export const kind = <const N extends string, const E extends v.ObjectEntries, T>(part: {
  readonly name: N;
  readonly options: E;
  readonly build: (options: v.InferOutput<v.StrictObjectSchema<E, undefined>>) => T;
}) => ({ ...part, schema: record({ kind: v.literal(part.name), ...part.options }) });

/** The records of a kind, or of any of several. */
export type SpecOf<K extends { readonly schema: v.GenericSchema }> = K extends K ? v.InferOutput<K["schema"]> : never;

/** Kinds of parts of one sort, with the schema of the records that ask for them. */
export interface Kinds<T> extends Registry<Kind<T>> {
  /** Of a record of any kind there is when it is read. */
  readonly schema: v.GenericSchema<unknown, KindSpec>;
  /** The part that a checked record asks for. @throws RegistryError for a kind that is not there */
  build(spec: KindSpec): T;
}

/** A registry of kinds. */
export const kinds = <T>(what: string, entries: readonly Kind<T>[]): Kinds<T> => {
  const parts = registry(what, entries);
  const schema = v.lazy((value: unknown): v.GenericSchema<unknown, KindSpec> => {
    // Asked without a record, as for its JSON Schema, it is any kind there is.
    if (value === undefined)
      return v.union(
        [...parts].map((part) => part.schema),
        "a record",
      );
    const name = (value as { readonly kind?: unknown } | null | undefined)?.kind;
    if (typeof name === "string" && parts.has(name)) return parts.get(name).schema;
    return record({ kind: choice(parts.names) });
  });
  return Object.assign(parts, {
    schema,
    build: ({ kind: name, ...options }: KindSpec): T => parts.get(name).build(options as never),
  });
};
