import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { runExample } from "../../../vitest.readme.js";

const examples = readFileSync(new URL("../README.md", import.meta.url), "utf8").split("```ts\n").length - 1;

test.each(Array.from({ length: examples }, (_, i) => i))("the README's example %i prints what it says", async (i) => {
  const { promised, printed } = await runExample(import.meta.url, i);
  expect(promised.length).toBeGreaterThan(3);
  expect(printed).toEqual(promised);
});
