import { expect, it } from "vitest";
import { browserEntries, exportsSubpath } from "../lib/exports.mjs";

type Manifest = Parameters<typeof exportsSubpath>[0];

const manifest = (exports: NonNullable<Manifest["exports"]>): Manifest => ({
  name: "p",
  version: "1.0.0",
  exports,
});

it("knows listed subpaths and patterns", () => {
  const listed = manifest({ ".": "./dist/index.js", "./node": "./dist/node.js", "./kernels/*": "./dist/kernels/*.js" });
  expect(exportsSubpath(listed, ".")).toBe(true);
  expect(exportsSubpath(listed, "./node")).toBe(true);
  expect(exportsSubpath(listed, "./kernels/matmul")).toBe(true);
  expect(exportsSubpath(listed, "./kernels/")).toBe(false);
  expect(exportsSubpath(listed, "./dist/index.js")).toBe(false);
});

it("knows exports without subpaths", () => {
  expect(exportsSubpath(manifest({ types: "./a.d.ts", default: "./a.js" }), ".")).toBe(true);
  expect(exportsSubpath(manifest({ default: "./a.js" }), "./a.js")).toBe(false);
  expect(exportsSubpath(manifest("./a.js"), ".")).toBe(true);
});

it("lists what a browser may load", () => {
  const entries = browserEntries(
    manifest({
      ".": { types: "./dist/index.d.ts", node: "./dist/only-node.js", default: "./dist/index.js" },
      "./node": "./dist/node.js",
      "./worker": { browser: "./dist/worker.js", node: { default: "./dist/thread.js" } },
      "./package.json": "./package.json",
    }),
  );
  expect(entries).toEqual([
    { subpath: ".", file: "./dist/index.js" },
    { subpath: "./worker", file: "./dist/worker.js" },
  ]);
});
