import { kind } from "@isoflop/spec";
import type * as v from "valibot";
import type { DataSource } from "./source.js";

/** A source by name that reads files: `openSource` of `@isoflop/data/node` opens it. */
export const openedInNode = <const N extends string, const E extends v.ObjectEntries>(
  name: N,
  about: string,
  options: E,
) =>
  kind({
    name,
    about,
    options,
    build: async (): Promise<DataSource> => {
      throw new Error(`the source "${name}" reads files; in Node, openSource of @isoflop/data/node opens it`);
    },
  });
