import { describe, expect, test } from "vitest";
import { manifestProblems, missingFiles, relativeLinks } from "../lib/published.mjs";
import { publicPackages } from "../lib/workspace.mjs";

const [good] = publicPackages();
const { path, manifest } = good!;

test("public packages say where they come from and what they are for", () => {
  for (const { path, manifest } of publicPackages()) expect(manifestProblems(path, manifest)).toEqual([]);
});

describe("a manifest", () => {
  test.each([
    ["without keywords", { keywords: [] }, /keywords are missing/],
    [
      "of another folder",
      { repository: { ...manifest.repository, directory: "packages/other" } },
      /repository is .*other.*must be .*packages/,
    ],
    ["without a word on side effects", { sideEffects: undefined }, /sideEffects is missing/],
    ["with an author", { author: "somebody" }, /author is given/],
    ["of another license", { license: "ISC" }, /license is "ISC"; it must be "MIT"/],
  ])("%s", (_, change, message) => {
    expect(manifestProblems(path, { ...manifest, ...change })).toEqual([expect.stringMatching(message)]);
  });
});

test("a README links to nothing beside it, but to what is on the web or in itself", () => {
  const text =
    "[a](https://example.org) [b](#limits) ![c](figures/c.svg) [d](../scaling)\n```ts\nmap[x](y)\n```\n`[e](f)`";
  expect(relativeLinks("packages/x/README.md", text)).toEqual([
    expect.stringContaining("figures/c.svg"),
    expect.stringContaining("../scaling"),
  ]);
});

test("a tarball without its license", () => {
  expect(missingFiles("packages/x", ["package/README.md", "package/package.json"])).toEqual([
    "packages/x: LICENSE is not in the package",
  ]);
});
