import { expect, test } from "vitest";
import { runExample } from "../../../vitest.readme.js";

test("the README's example prints what it says", async () => {
  const { promised, printed } = await runExample(import.meta.url);
  expect(promised.length).toBeGreaterThan(2);
  expect(printed).toEqual(promised);
});
