import type { DataSource } from "../source.js";

/** What a source that reads files does where there may be none. */
export const opensInNode = (name: string) => async (): Promise<DataSource> => {
  throw new Error(`the source "${name}" reads files; in Node, openSource of @isoflop/data/node opens it`);
};
