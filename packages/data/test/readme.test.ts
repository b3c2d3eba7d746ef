import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { runExample } from "../../../vitest.readme.js";

test("the README's example prints what it says", async () => {
  const { promised, printed } = await runExample(import.meta.url);
  expect(promised.length).toBeGreaterThan(0);
  expect(printed).toEqual(promised);
});

test("the example of latents prints what it says, and what to scale by", async () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const examples = [...readme.matchAll(/```ts\n(.*?)```/gs)];
  const n = examples.findIndex(([, text]) => text!.includes('source: "latents"'));
  const { promised, printed } = await runExample(import.meta.url, n);
  expect(printed[0]).toBe(promised[0]);
  expect(printed[1]).toMatch(/^training on 4\d\d latents: means 2\.?\d*, .* standard deviations 4.9/);
  expect(printed[2]).toMatch(/^all channels are far from mean 0 and deviation 1/);
});
