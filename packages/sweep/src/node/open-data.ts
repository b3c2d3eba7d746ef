import type { DataSource, DataSpec, Opening } from "@isoflop/data";
import { openSource } from "@isoflop/data/node";
import { canonicalJson } from "@isoflop/spec";

/** Opens sources of `@isoflop/data` by name, each once. @param opening who is told how far that is, and what stops it */
export const dataOpener = (opening: Opening = {}): ((spec: DataSpec) => Promise<DataSource>) => {
  const opened = new Map<string, Promise<DataSource>>();
  return (spec) => {
    const key = canonicalJson(spec);
    const source = opened.get(key) ?? openSource(spec, opening);
    opened.set(key, source);
    return source;
  };
};
