import { type DataSource, fingerprint } from "@isoflop/data";
import { record, text } from "@isoflop/spec";
import * as v from "valibot";

/** A module from outside that a run takes part in: another density, another source, another architecture. */
export interface ModuleContent {
  /** Where it was found. A run is the same wherever it lies. */
  readonly path: string;
  /** 32 hex digits of the hash of its text and of all that it imports beside it. */
  readonly digest: string;
}

/** What decides a run and is no part of its record: a name or a path does not say what lies behind it. */
export interface RunContent {
  /** `fingerprint(source).run` of `@isoflop/data`: which data, in which order. */
  readonly data: string;
  readonly modules: readonly ModuleContent[];
}

const hash = v.pipe(text, v.regex(/^[0-9a-f]{32}$/, "32 hex digits"));

/** A list of modules; none unless told. */
export const modulesSchema = v.optional(v.array(record({ path: text, digest: hash }), "a list of modules"), []);

/** The content's record. */
export const contentSchema: v.GenericSchema<
  Pick<RunContent, "data"> & { readonly modules?: RunContent["modules"] | undefined },
  RunContent
> = record({ data: hash, modules: modulesSchema });

/** What a spec says of a source that is open. */
export const contentOf = (source: DataSource, modules: readonly ModuleContent[] = []): RunContent => ({
  data: fingerprint(source).run,
  modules,
});

/** Modules by what they hold, in one order. */
export const digestsOf = (modules: readonly ModuleContent[]): readonly string[] =>
  [...new Set(modules.map(({ digest }) => digest))].sort();

/** Makes the parts of modules known in this thread before something is run with them. */
export type Prepare = (modules: readonly ModuleContent[]) => Promise<void>;
