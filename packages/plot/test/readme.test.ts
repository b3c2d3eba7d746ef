import { readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

test("the example of the README runs as it stands", async () => {
  const readme = await readFile(here("../README.md"), "utf8");
  const example = /```ts\n([\s\S]*?)```/.exec(readme)![1]!;
  // The package by its name is the build; the sources are what is tested.
  const source = example
    .replace('"@isoflop/plot/node"', '"../src/node.js"')
    .replace('"@isoflop/plot"', '"../src/index.js"');
  expect(source).not.toBe(example);
  const file = here(`./readme-example-${process.pid}.ts`);
  await writeFile(file, source);
  try {
    const made = (await import(/* @vite-ignore */ file)) as { svg: string; png: Uint8Array; report: string };
    expect(made.svg.match(/<circle/g)).toHaveLength(6);
    expect([...made.png.subarray(1, 4)]).toEqual([..."PNG"].map((c) => c.charCodeAt(0)));
    expect(made.report).toContain("6 runs are done, at 2 budgets.");
  } finally {
    await rm(file);
  }
});
