import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { browserEntries } from "./exports.mjs";
import { isBuiltin, splitSpecifier } from "./floors.mjs";
import { readImports } from "./imports.mjs";

/** @typedef {import("./floors.mjs").Violation} Violation */
/** @typedef {import("./workspace.mjs").Package} Package */

/**
 * Static imports that would break a package's browser-safe entries in a browser: Node's builtins, "./node" entries and
 * Node-only packages, in any file that the entry loads. `await import("node:fs")` is allowed: it runs when it is asked.
 * @param {Package} pkg
 * @param {Map<string, Package>} byName
 * @param {readonly string[]} nodeOnly packages whose "." needs Node
 * @returns {Violation[]}
 */
export function checkBrowserSafety(pkg, byName, nodeOnly) {
  if (nodeOnly.includes(pkg.name)) return [];
  /** @type {Violation[]} */
  const violations = [];
  /** @type {Set<string>} */
  const seen = new Set();
  for (const { subpath, file } of browserEntries(pkg.manifest)) {
    const entry = sourceOf(join(pkg.folder, file.replace("./dist/", "./src/")));
    if (!entry) {
      const message = `"${subpath}" is built from no source file; ${file} comes from ${file.replace("./dist/", "src/").replace(/js$/, "ts")}`;
      violations.push({ file: `${pkg.path}/package.json`, line: 1, specifier: file, message });
      continue;
    }
    follow(entry, subpath);
  }
  return violations;

  /** @param {string} file @param {string} subpath */
  function follow(file, subpath) {
    if (seen.has(file)) return;
    seen.add(file);
    for (const { specifier, line, kind } of readImports(file, readFileSync(file, "utf8"))) {
      if (kind !== "static") continue;
      const target = specifier.startsWith(".") ? sourceOf(join(dirname(file), specifier)) : undefined;
      if (target) follow(target, subpath);
      if (!needsNode(specifier)) continue;
      const message = `"${subpath}" of ${pkg.name} must load in a browser; import it in an entry "./node", or with await import() where Node is certain`;
      violations.push({ file: `${pkg.path}/${relative(pkg.folder, file)}`, line, specifier, message });
    }
  }

  /** @param {string} specifier */
  function needsNode(specifier) {
    if (specifier.startsWith(".")) return false;
    if (isBuiltin(specifier)) return true;
    const [name, subpath] = splitSpecifier(specifier);
    return byName.has(name) && (nodeOnly.includes(name) || subpath === "./node" || subpath.startsWith("./node/"));
  }
}

/** The source file that a path ending in `.js` stands for. @param {string} path */
const sourceOf = (path) =>
  [".ts", ".tsx", "/index.ts", ".js"].map((end) => path.replace(/\.js$/, end)).find(existsSync);
