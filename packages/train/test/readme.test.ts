import { expect, test } from "vitest";
import { runExample } from "../../../vitest.readme.js";

test.each([0, 1, 2, 3, 4])("example %i of the README prints what it says", async (n) => {
  const { promised, printed } = await runExample(import.meta.url, n);
  expect(promised.length).toBeGreaterThan(0);
  expect(printed).toEqual(promised);
});
