import { expect, it } from "vitest";
import { checkBrowserSafety } from "../lib/browser-safety.mjs";
import { listPackages } from "../lib/workspace.mjs";
import { tree } from "./tree.js";

const exports = { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" }, "./node": "./dist/node.js" };

function check(files: Record<string, string>): string[] {
  const folder = tree({
    "packages/app/package.json": { name: "app", version: "0.0.0", exports },
    "packages/lib/package.json": { name: "lib", version: "0.0.0", exports },
    "packages/cli/package.json": { name: "cli", version: "0.0.0", exports },
    ...files,
  });
  const byName = new Map(listPackages(folder).map((pkg) => [pkg.name, pkg]));
  const app = byName.get("app");
  if (!app) throw new Error("The fixture has no package app.");
  return checkBrowserSafety(app, byName, ["cli"]).map(({ file, line, specifier }) => `${file}:${line} ${specifier}`);
}

it("follows static imports from the entry to Node's builtins", () => {
  expect(
    check({
      "packages/app/src/index.ts": `export * from "./middle.js";`,
      "packages/app/src/middle.ts": `\nimport { a } from "./deep/index.js";\nimport "./middle.js";`,
      "packages/app/src/deep/index.ts": `import fs from "fs";\nimport { join } from "node:path";`,
    }),
  ).toEqual(["packages/app/src/deep/index.ts:1 fs", "packages/app/src/deep/index.ts:2 node:path"]);
});

it("allows builtins that are loaded on demand, as types, or in ./node", () => {
  expect(
    check({
      "packages/app/src/index.ts": `import type { Readable } from "node:stream"; const fs = await import("node:fs"); await import("./lazy.js");`,
      "packages/app/src/lazy.ts": `import "node:fs";`,
      "packages/app/src/node.ts": `import "node:fs"; import "cli";`,
    }),
  ).toEqual([]);
});

it("refuses Node entries of other packages", () => {
  expect(check({ "packages/app/src/index.ts": `import "lib";\nimport "lib/node";\nimport "cli";` })).toEqual([
    "packages/app/src/index.ts:2 lib/node",
    "packages/app/src/index.ts:3 cli",
  ]);
});

it("asks that an entry be named after its source", () => {
  expect(check({ "packages/app/src/main.ts": "" })).toEqual(["packages/app/package.json:1 ./dist/index.js"]);
});
