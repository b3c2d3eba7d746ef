import type { DataSource } from "../source.js";

/** What a source does here that reads files: `openSource` of `@isoflop/data/node` opens it. */
export const opensInNode = (name: string) => async (): Promise<DataSource> => {
  throw new Error(
    `the source "${name}" opens in Node, by openSource of @isoflop/data/node; a page takes "shapes", or scenes of a sheet that was drawn before`,
  );
};
