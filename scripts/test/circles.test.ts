import { join } from "node:path";
import { expect, it } from "vitest";
import { checkCircles } from "../lib/circles.mjs";
import { tree } from "./tree.js";

const check = (files: Record<string, string>) =>
  checkCircles(join(tree(files), "src"), "packages/one/src").map(
    ({ file, line, specifier, message }) => `${file}:${line} ${specifier} ${message.split(";")[0]}`,
  );

it("lets imports form a net without a circle", () => {
  expect(
    check({
      "src/a.ts": `import "./b.js"; import "./c.js"; import "node:fs";`,
      "src/b.ts": `export * from "./deep/d.js";`,
      "src/c.ts": `import "./deep/d.js"; import "./data.json";`,
      "src/deep/d.ts": `import "elsewhere";`,
    }),
  ).toEqual([]);
});

it.each([
  [`import { a } from "./a.js";`],
  [`import type { A } from "./a.js";`],
  [`export * from "./a.js";`],
  [`let a: import("./a.js").A;`],
  [`const a = await import("./a.js");`],
])("shows a circle that %s closes, as a chain of files", (closing) => {
  const files = { "src/a.ts": `\nimport "./deep/b.js";`, "src/deep/b.ts": `import "../c.mjs";`, "src/c.mjs": closing };
  expect(check({ ...files, "src/d.ts": `import "./a.js";` })).toEqual([
    "packages/one/src/a.ts:2 ./deep/b.js circle a.ts → deep/b.ts → c.mjs → a.ts",
  ]);
});

it("sees the types that JavaScript imports in its JSDoc", () => {
  const files = { "src/a.mjs": `import "./b.mjs";`, "src/b.mjs": `/** @typedef {import("./a.mjs").A} A */` };
  expect(check(files)).toEqual(["packages/one/src/a.mjs:1 ./b.mjs circle a.mjs → b.mjs → a.mjs"]);
});

it("shows a file that imports itself", () => {
  expect(check({ "src/a.ts": `import type { A } from "./a.js";` })).toEqual([
    "packages/one/src/a.ts:1 ./a.js circle a.ts → a.ts",
  ]);
});

it("names the import that lies on most circles, once, and every other circle", () => {
  const files = {
    "src/all.ts": `import "./one.js"; import "./two.js"; import "./three.js";`,
    "src/base.ts": `import type { All } from "./all.js";`,
    "src/one.ts": `import "./base.js";`,
    "src/two.ts": `import "./base.js";`,
    "src/three.ts": `import "./base.js"; import "./four.js";`,
    "src/four.ts": `import "./three.js";`,
  };
  expect(check(files)).toEqual([
    "packages/one/src/base.ts:1 ./all.js circle base.ts → all.ts → one.ts → base.ts",
    "packages/one/src/four.ts:1 ./three.js circle four.ts → three.ts → four.ts",
  ]);
});

it("does not follow a URL, which starts a program of its own", () => {
  expect(
    check({
      "src/pool.ts": `new Worker(new URL("./worker.js", import.meta.url));`,
      "src/worker.ts": `import type { Message } from "./pool.js";`,
    }),
  ).toEqual([]);
});
