import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runtime } from "./runtime.js";

const require = createRequire(import.meta.url);

/** Where this package lies, with its package.json. */
export const packageFolder = fileURLToPath(new URL("..", import.meta.url));

/** Version of this package or of one it depends on. */
export const versionOf = (name: string): string => {
  const path = name === "isoflop" ? join(packageFolder, "package.json") : require.resolve(`${name}/package.json`);
  return (JSON.parse(readFileSync(path, "utf8")) as { readonly version: string }).version;
};

/** What made a number: the program, the packages it used, and what ran them: `node`, `bun` or `deno`. */
export const versions = (...packages: readonly string[]): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(["isoflop", ...packages].map((name) => [name, versionOf(name)])),
  [runtime.name]: runtime.version,
});
