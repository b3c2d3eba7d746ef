import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { expect, test, vi } from "vitest";

/** Runs the README's first example and holds every printed value to the comment on its line. */
test("the README's example prints what it says", async () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const example = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
  const expected = [...example.matchAll(/^ *console\.log\(.*\/\/ (.*)$/gm)].map(([, comment]) => comment);
  const folder = new URL("./.cache/", import.meta.url);
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL("readme.ts", folder), example.replace("@isoflop/spec", "../../src/index.js"));
  const printed = vi.spyOn(console, "log").mockImplementation(() => {});
  await import(new URL("readme.ts", folder).href);
  expect(expected.length).toBe(2);
  expect(printed.mock.calls.map((values) => values.join(" "))).toEqual(expected);
  printed.mockRestore();
});
