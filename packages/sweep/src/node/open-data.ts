import type { DataSource, DataSpec } from "@isoflop/data";
import { openSource } from "@isoflop/data/node";
import { canonicalJson } from "@isoflop/spec";

/** Opens sources of `@isoflop/data` by name, each once. */
export const dataOpener = (): ((spec: DataSpec) => Promise<DataSource>) => {
  const opened = new Map<string, Promise<DataSource>>();
  return (spec) => {
    const key = canonicalJson(spec);
    const source = opened.get(key) ?? openSource(spec);
    opened.set(key, source);
    return source;
  };
};
