import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** Version of this package or of one it depends on. */
export const versionOf = (name: string): string => {
  const path =
    name === "isoflop" ? new URL("../package.json", import.meta.url) : require.resolve(`${name}/package.json`);
  return (JSON.parse(readFileSync(path, "utf8")) as { readonly version: string }).version;
};

/** What made a number: the program, the packages it used, and Node. */
export const versions = (...packages: readonly string[]): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(["isoflop", ...packages].map((name) => [name, versionOf(name)])),
  node: process.versions.node,
});
