import type { DataSource, DataSpec, Opening } from "@isoflop/data";
import { openSource } from "@isoflop/data/node";
import { canonicalJson } from "@isoflop/spec";

/**
 * Opens sources of `@isoflop/data` by name, each once: of the seeds of one source only the first reads its files.
 * @param opening who is told how far that is, and what stops it
 */
export const dataOpener = (opening: Opening = {}): ((spec: DataSpec) => Promise<DataSource>) => {
  const opened = new Map<string, Promise<DataSource>>();
  const once = (spec: DataSpec): Promise<DataSource> => {
    const key = canonicalJson(spec);
    const source = opened.get(key) ?? openSource(spec, opening);
    opened.set(key, source);
    return source;
  };
  return async (spec) => {
    const { seed, ...seedless } = spec as DataSpec & { readonly seed?: number };
    if (seed === undefined) return once(spec);
    const ofAnySeed = canonicalJson({ ...seedless, seed: null });
    const first = opened.get(ofAnySeed) ?? once(spec);
    opened.set(ofAnySeed, first);
    return (await first).withSeed?.(seed) ?? once(spec);
  };
};
