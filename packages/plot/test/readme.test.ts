import { readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** What the `n`-th example of the README exports. */
const example = async <T>(n: number): Promise<T> => {
  const readme = await readFile(here("../README.md"), "utf8");
  const example = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)][n]![1]!;
  // The package by its name is the build; the sources are what is tested.
  const source = example
    .replace('"@isoflop/plot/node"', '"../src/node.js"')
    .replace('"@isoflop/plot"', '"../src/index.js"');
  expect(source).not.toBe(example);
  const file = here(`./readme-example-${process.pid}-${n}.ts`);
  await writeFile(file, source);
  try {
    return (await import(/* @vite-ignore */ file)) as T;
  } finally {
    await rm(file);
  }
};

test("the example runs as it stands", async () => {
  const made = await example<{ svg: string; png: Uint8Array; page: string }>(0);
  expect(made.svg.match(/<circle/g)).toHaveLength(12);
  expect(made.svg.match(/class="parabola"/g)).toHaveLength(3);
  expect([...made.png.subarray(1, 4)]).toEqual([..."PNG"].map((c) => c.charCodeAt(0)));
  expect(made.page.match(/<figure>/g)).toHaveLength(2);
  expect(made.page).toContain('class="asked"');
});
