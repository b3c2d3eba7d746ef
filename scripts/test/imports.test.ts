import { expect, it } from "vitest";
import { readImports } from "../lib/imports.mjs";

const found = (text: string) => readImports("a.ts", text).map(({ specifier, kind }) => [specifier, kind]);

it.each([
  [`import { a } from "x";`, "static"],
  [`import "x";`, "static"],
  [`import { type A } from "x";`, "static"],
  [`export * from "x";`, "static"],
  [`export { a } from "x";`, "static"],
  [`import type { A } from "x";`, "type"],
  [`export type { A } from "x";`, "type"],
  [`let a: import("x").A;`, "type"],
  [`const a = await import("x");`, "dynamic"],
  [`function f() { return require("x"); }`, "dynamic"],
])("reads %s as %s", (text, kind) => {
  expect(found(text)).toEqual([["x", kind]]);
});

it("reads URLs relative to the module as paths", () => {
  expect(found(`new Worker(new URL("x.js", import.meta.url)); new URL("../y", import.meta.url);`)).toEqual([
    ["./x.js", "url"],
    ["../y", "url"],
  ]);
  expect(found(`new URL("https://example.com/x.js", import.meta.url);`)).toEqual([]);
});

it("sees no import in strings, comments and unrelated URLs", () => {
  expect(found(`// import "x"\nconst a = 'import "y"'; new URL("z", "https://example.com"); b.import("w");`)).toEqual(
    [],
  );
});

it("reads the types that JavaScript imports in its JSDoc, each once", () => {
  const text = `/** @typedef {import("x").A} A */\n/** @type {import("y").B} */\nexport const b = 1;\n/** @typedef {import("z").C} C */`;
  const types = readImports("a.mjs", text).map(({ specifier, line, kind }) => [specifier, line, kind]);
  expect(types).toEqual([
    ["x", 1, "type"],
    ["y", 2, "type"],
    ["z", 4, "type"],
  ]);
  expect(readImports("a.ts", text)).toEqual([]);
});

it("counts lines from 1", () => {
  expect(readImports("a.ts", `\n\nimport {\n  a,\n} from "x";`)).toMatchObject([{ line: 5 }]);
});
