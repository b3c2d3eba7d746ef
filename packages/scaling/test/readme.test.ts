import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { runExample } from "../../../vitest.readme.js";

it("the README's example prints what the README says", async () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const said = /```text\n(.*?)```/s.exec(readme)![1]!;
  const { printed } = await runExample(import.meta.url);
  expect(`${printed.join("\n")}\n`).toBe(said);
});

it("the README's example of the noise of seeds prints what it says", async () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const examples = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, text]) => text!);
  const { promised, printed } = await runExample(
    import.meta.url,
    examples.findIndex((text) => text.includes("seedNoise(")),
  );
  expect(promised).toHaveLength(4);
  expect(printed).toEqual(promised);
});
