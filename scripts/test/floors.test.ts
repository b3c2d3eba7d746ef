import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkFloors } from "../lib/floors.mjs";
import { listPackages, root } from "../lib/workspace.mjs";
import { tree } from "./tree.js";

const table = { floors: [["low", "beside"], ["high"]], testOnly: ["harness"], nodeOnly: [] };

/** Messages for a workspace of packages low and beside (floor 0), high (floor 1), harness (for tests) and an example. */
function check(files: Record<string, string | object>): string[] {
  const manifest = (name: string, dependencies = {}) => ({
    name,
    version: "0.0.0",
    exports: { ".": "./dist/index.js", "./node": "./dist/node.js" },
    dependencies,
  });
  const folder = tree({
    "packages/low/package.json": manifest("low"),
    "packages/beside/package.json": manifest("beside"),
    "packages/high/package.json": manifest("high", { low: "workspace:^" }),
    "packages/harness/package.json": manifest("harness"),
    "examples/demo/package.json": manifest("demo", { high: "workspace:^" }),
    ...files,
  });
  return checkFloors(listPackages(folder), table, { vitest: "4.0.0" }).map(
    ({ file, line, specifier, message }) => `${file}:${line} ${specifier} ${message}`,
  );
}

describe("what is allowed", () => {
  it("imports downward, declared, through exports", () => {
    expect(
      check({
        "packages/high/src/index.ts": `import "low"; import "low/node"; import "./part.js"; import "node:fs";`,
        "packages/high/test/index.test.ts": `import "vitest"; import "high"; import "../src/index.js";`,
        "packages/high/test/files.test.ts": `new URL("fixtures/a.json", import.meta.url); new URL("../../../README.md", import.meta.url);`,
        "examples/demo/src/main.ts": `import "high";`,
        "packages/high/vitest.config.ts": `import "../../vitest.base.js";`,
        "packages/high/test/readme.test.ts": `import "../../../vitest.readme.js";`,
      }),
    ).toEqual([]);
  });

  it("a test uses a harness that stands on no floor", () => {
    const manifest = { name: "high", version: "0.0.0", dependencies: {}, devDependencies: { harness: "workspace:^" } };
    expect(
      check({ "packages/high/package.json": manifest, "packages/high/test/a.test.ts": `import "harness";` }),
    ).toEqual([]);
  });
});

describe("what is not", () => {
  it("an import upward, in source, types or tests", () => {
    const expected = /floor 0\) may import only from lower floors \(none\), and high is on floor 1/;
    for (const [file, text] of [
      ["src/index.ts", `\nimport { a } from "high";`],
      ["src/index.ts", `\nimport type { A } from "high";`],
      ["src/index.ts", `\nconst a = await import("high");`],
      ["test/a.test.ts", `\nimport "high";`],
    ] as const) {
      const [violation, ...rest] = check({ [`packages/low/${file}`]: text });
      expect(violation).toMatch(expected);
      expect(violation).toContain(`packages/low/${file}:2 high`);
      expect(rest).toEqual([]);
    }
  });

  it("an import from the same floor", () => {
    expect(check({ "packages/low/src/index.ts": `import "beside";` })).toEqual([
      expect.stringContaining("beside is on floor 0"),
    ]);
  });

  it("an import of an example", () => {
    expect(check({ "packages/high/src/index.ts": `import "demo";` })).toEqual([
      expect.stringMatching(
        /high \(floor 1\) may import only from lower floors \(low, beside\), and demo is on floor 2/,
      ),
    ]);
  });

  it("a dependency upward that is declared, and the circle it makes", () => {
    const low = { name: "low", version: "0.0.0", devDependencies: { high: "workspace:^" } };
    const violations = check({ "packages/low/package.json": low });
    expect(violations).toEqual([
      expect.stringContaining("circle high → low → high"),
      expect.stringMatching(/packages\/low\/package.json:5 high .*floor 1/),
    ]);
  });

  it("a path into another package", () => {
    expect(check({ "packages/high/src/a.ts": `import "../../low/src/index.js";` })).toEqual([
      expect.stringContaining("must stay inside packages/high"),
    ]);
    expect(check({ "packages/high/test/a.ts": `new URL("../../low/dist/worker.js", import.meta.url);` })).toHaveLength(
      1,
    );
    expect(check({ "packages/high/src/a.ts": `import "../../../vitest.readme.js";` })).toHaveLength(1);
  });

  it("a subpath that is not exported", () => {
    expect(check({ "packages/high/src/a.ts": `import "low/dist/ops.js";` })).toEqual([
      expect.stringContaining(`low does not export "./dist/ops.js"; it exports ".", "./node"`),
    ]);
  });

  it("an undeclared dependency", () => {
    expect(check({ "packages/low/src/a.ts": `import "sharp/lib/x";` })).toEqual([
      expect.stringContaining("sharp is not declared; add it to dependencies, peer"),
    ]);
    expect(check({ "packages/low/src/a.ts": `import "vitest";` })).toHaveLength(1);
    expect(check({ "packages/low/test/a.ts": `import "@scope/tool";` })).toEqual([
      expect.stringContaining("@scope/tool is not declared; add it to devDependencies of packages/low/package.json"),
    ]);
    expect(check({ "packages/low/src/a.ts": `import type { A } from "@scope/types";` })).toHaveLength(1);
  });

  it("a development dependency in source", () => {
    const low = { name: "low", version: "0.0.0", devDependencies: { tool: "1.0.0" } };
    const files = { "packages/low/package.json": low, "packages/low/test/a.ts": `import "tool";` };
    expect(check(files)).toEqual([]);
    expect(check({ ...files, "packages/low/src/a.ts": `import "tool";` })).toHaveLength(1);
  });

  it("a test harness in source", () => {
    const high = { name: "high", version: "0.0.0", devDependencies: { harness: "workspace:^" } };
    expect(check({ "packages/high/package.json": high, "packages/high/src/a.ts": `import "harness";` })).toEqual([
      expect.stringContaining("harness is for tests"),
    ]);
  });

  it("a package that imports itself by name", () => {
    expect(check({ "packages/low/src/a.ts": `import "low";` })).toEqual([
      expect.stringContaining("use a relative path"),
    ]);
  });

  it("a package on no floor", () => {
    expect(check({ "packages/new/package.json": { name: "new", version: "0.0.0" } })).toEqual([
      expect.stringContaining("new stands on no floor"),
    ]);
  });
});

it("the table names every package of the repository", () => {
  const { floors, testOnly } = JSON.parse(readFileSync(join(root, "scripts", "floors.json"), "utf8"));
  const named = [...floors.flat(), ...testOnly].sort();
  const present = listPackages().filter(({ path }) => path.startsWith("packages/"));
  expect(named).toEqual(present.map(({ name }) => name).sort());
});
