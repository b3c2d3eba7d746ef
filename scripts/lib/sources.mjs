import { readdirSync } from "node:fs";
import { join, relative } from "node:path";

const skipped = new Set(["node_modules", "dist", "fixtures", "assembly", "runs", ".turbo", "coverage"]);

/**
 * Source files below a package's folder, relative to it and sorted. Its own tool configs (`*.config.ts`) share files
 * with the root and are no part of the product; `assembly/` is AssemblyScript, compiled by other rules.
 * @param {string} folder
 * @returns {string[]}
 */
export function sourceFiles(folder) {
  /** @param {string} current @returns {string[]} */
  const walk = (current) =>
    readdirSync(current, { withFileTypes: true }).flatMap((entry) => {
      const path = join(current, entry.name);
      if (entry.isDirectory()) return skipped.has(entry.name) ? [] : walk(path);
      return /\.[cm]?[jt]sx?$/.test(entry.name) && !/\.config\.[cm]?[jt]s$/.test(entry.name)
        ? [relative(folder, path)]
        : [];
    });
  return walk(folder).sort();
}
