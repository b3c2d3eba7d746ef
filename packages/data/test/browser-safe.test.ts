import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

/** Every module that a module imports, itself included, and the packages that they import; imports of types are gone when it runs. */
const reachable = (url: URL, seen = new Map<string, string[]>()): Map<string, string[]> => {
  if (seen.has(url.href)) return seen;
  const text = readFileSync(url, "utf8").replaceAll(/import type [^;]*;/g, "");
  const imports = [...text.matchAll(/(?:from|import\() ?"([^"]+)"/g)].map((match) => match[1]!);
  seen.set(
    url.href,
    imports.filter((name) => !name.startsWith(".")),
  );
  for (const name of imports.filter((name) => name.startsWith(".")))
    reachable(new URL(name.replace(/\.js$/, ".ts"), url), seen);
  return seen;
};

describe("the main entry", () => {
  it("reaches no Node module, and of packages those that read records and hash, so that it runs in browsers", () => {
    const modules = reachable(new URL("../src/index.ts", import.meta.url));
    expect(modules.size).toBeGreaterThan(10);
    expect(new Set([...modules.values()].flat())).toEqual(
      new Set(["@isoflop/spec", "@noble/hashes/sha2.js", "@noble/hashes/utils.js", "valibot"]),
    );
  });

  it("while ./node does, which shows that the search finds them", () => {
    expect([...reachable(new URL("../src/node.ts", import.meta.url)).values()].flat()).toContain("node:fs/promises");
  });
});
