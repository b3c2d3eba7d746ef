import { expect, test } from "vitest";
import { consumerOf, entriesOf } from "../lib/consumer.mjs";
import { publicPackages } from "../lib/workspace.mjs";

test("a consumer takes every entry that has types, and no package.json", () => {
  const manifest = {
    name: "@isoflop/x",
    version: "1.0.0",
    exports: {
      ".": { types: "./dist/index.d.ts", default: "./dist/index.js" },
      "./node": { types: "./dist/node.d.ts", default: "./dist/node.js" },
      "./package.json": "./package.json",
    },
  };
  const entries = entriesOf([{ name: manifest.name, path: "packages/x", folder: "", manifest }]);
  expect(entries).toEqual(["@isoflop/x", "@isoflop/x/node"]);
  expect(consumerOf(entries)).toBe(`import * as entry0 from "@isoflop/x";
import * as entry1 from "@isoflop/x/node";
export const all = [entry0, entry1];
`);
});

test("every public package has an entry", () => {
  const entries = entriesOf(publicPackages());
  for (const { name } of publicPackages()) expect(entries).toContain(name);
});
