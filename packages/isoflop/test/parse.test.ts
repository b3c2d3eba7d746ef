import { expect, test } from "vitest";
import { parse } from "../src/parse.js";
import { registry } from "../src/registry.js";
import { isoflop } from "./isoflop.js";

test.each(registry.map(({ path }) => path.join(" ")))(
  "%s tells a mistyped option before what is missing, and the nearest",
  async (path) => {
    await expect(parse([...path.split(" "), "--jsno"])).rejects.toThrow(
      /unknown option '--jsno'\s+\(Did you mean --json\?\)/,
    );
  },
);

test("a mistyped option that had to be there", () => {
  const { code, stderr } = isoflop(["fit", "isoflop", "--inputt", "runs.csv"]);
  expect(code).toBe(2);
  expect(stderr).toBe("isoflop: unknown option '--inputt' (Did you mean --input?); see isoflop fit isoflop --help\n");
});

test("an option that is missing, where all are known", () => {
  const { code, stderr } = isoflop(["fit", "isoflop", "--json"]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^isoflop: required option '-i, --input <file>' not specified/);
});
