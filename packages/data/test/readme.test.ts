import { afterEach, expect, test, vi } from "vitest";
import { runExample } from "../../../vitest.readme.js";
import { captioned, put, temporary } from "./pictures/files.js";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

test.each([0, 2, 3])("the README's example %i prints what it says", async (n) => {
  const { promised, printed } = await runExample(import.meta.url, n);
  expect(promised.length).toBeGreaterThan(0);
  expect(printed).toEqual(promised);
});

test("the README's example of a folder prints what it says", async () => {
  const folder = temporary();
  put(`${folder}/photos`, await captioned(40, 16));
  vi.stubEnv("XDG_CACHE_HOME", `${folder}/caches`);
  vi.spyOn(process, "cwd").mockReturnValue(folder);
  const { promised, printed } = await runExample(import.meta.url, 1);
  expect(printed).toEqual(promised);
});

test("the README's example of latents prints what it says, and what to scale by", async () => {
  const { promised, printed } = await runExample(import.meta.url, 4);
  expect(printed[0]).toBe(promised[0]);
  expect(printed[1]).toMatch(/^training on 4\d\d latents: means 2\.?\d*, .* standard deviations 4.9/);
  expect(printed[2]).toMatch(/^all channels are far from mean 0 and deviation 1/);
});
