import { expect, it } from "vitest";
import { entryPoints } from "../lib/docs.mjs";

it("finds the sources of what a package exports, by the name that is imported", () => {
  const exports = {
    ".": { types: "./dist/index.d.ts", default: "./dist/index.js" },
    "./testing": { types: "./dist/testing/index.d.ts", default: "./dist/testing/index.js" },
    "./package.json": "./package.json",
  };
  const manifest = { name: "@scope/one", version: "0.0.0", exports };
  expect(entryPoints({ name: "@scope/one", folder: "one", manifest })).toEqual([
    { name: "@scope/one", file: "one/src/index.ts" },
    { name: "@scope/one/testing", file: "one/src/testing/index.ts" },
  ]);
});
