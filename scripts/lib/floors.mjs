import { readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, resolve, sep } from "node:path";
import { exportsSubpath } from "./exports.mjs";
import { readImports } from "./imports.mjs";
import { sourceFiles } from "./sources.mjs";

/**
 * @typedef {object} FloorTable
 * @property {string[][]} floors package names by floor, lowest first; a package imports only from lower floors
 * @property {string[]} testOnly packages that only tests and benches may import
 * @property {string[]} nodeOnly packages whose "." needs Node
 */
/** @typedef {{ file: string, line: number, specifier: string, message: string }} Violation */
/** @typedef {import("./workspace.mjs").Package} Package */

const builtins = new Set(builtinModules);
/** @param {string} specifier */
export const isBuiltin = (specifier) => specifier.startsWith("node:") || builtins.has(specifier);

/** "@scope/name/sub/path" → ["@scope/name", "./sub/path"]. @param {string} specifier @returns {[string, string]} */
export function splitSpecifier(specifier) {
  const parts = specifier.split("/");
  const length = specifier.startsWith("@") ? 2 : 1;
  return [parts.slice(0, length).join("/"), [".", ...parts.slice(length)].join("/")];
}

/**
 * Everything that breaks the floors, sorted by file and line.
 * @param {Package[]} packages
 * @param {FloorTable} table
 * @param {Record<string, string>} rootDependencies development tools every package's tests may use
 * @returns {Violation[]}
 */
export function checkFloors(packages, table, rootDependencies) {
  const byName = new Map(packages.map((pkg) => [pkg.name, pkg]));
  /** Floor of a package; examples stand above all. @param {Package} pkg */
  const floorOf = (pkg) =>
    pkg.path.startsWith("examples/")
      ? table.floors.length
      : table.floors.findIndex((names) => names.includes(pkg.name));
  /** @type {Violation[]} */
  const violations = [];

  for (const pkg of packages) {
    const manifestFile = `${pkg.path}/package.json`;
    if (floorOf(pkg) < 0 && !table.testOnly.includes(pkg.name)) {
      const message = `${pkg.name} stands on no floor; add it to scripts/floors.json`;
      violations.push({ file: manifestFile, line: 1, specifier: pkg.name, message });
    }
    for (const name of Object.keys(allDependencies(pkg.manifest))) {
      const message = downwardOnly(pkg, byName.get(name), name in (pkg.manifest.devDependencies ?? {}));
      const line = lineOf(join(pkg.folder, "package.json"), name);
      if (message) violations.push({ file: manifestFile, line, specifier: name, message });
    }
    for (const file of sourceFiles(pkg.folder)) {
      const inTests = pkg.path.startsWith("examples/")
        ? /^(test|bench)[\\/]/.test(file)
        : !file.startsWith(`src${sep}`);
      for (const { specifier, line, kind } of readImports(file, readFileSync(join(pkg.folder, file), "utf8"))) {
        const message = judge(pkg, file, specifier, inTests, kind);
        if (message) violations.push({ file: `${pkg.path}/${file}`, line, specifier, message });
      }
    }
  }
  violations.push(...circles(packages, byName));
  return violations.sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line);

  /** @param {Package} pkg @param {Package | undefined} target @param {boolean} inTests @returns {string | undefined} */
  function downwardOnly(pkg, target, inTests) {
    if (!target || target === pkg) return undefined;
    if (table.testOnly.includes(target.name)) {
      return inTests ? undefined : `${target.name} is for tests; import it only below test/ or bench/`;
    }
    const own = floorOf(pkg);
    const other = floorOf(target);
    if (table.testOnly.includes(pkg.name) || own < 0 || other < 0 || other < own) return undefined;
    const allowed = table.floors.slice(0, own).flat();
    return `${pkg.name} (floor ${own}) may import only from lower floors (${allowed.join(", ") || "none"}), and ${target.name} is on floor ${other}`;
  }

  /**
   * @param {Package} pkg @param {string} file @param {string} specifier @param {boolean} inTests
   * @param {import("./imports.mjs").Import["kind"]} kind @returns {string | undefined}
   */
  function judge(pkg, file, specifier, inTests, kind) {
    if (specifier.startsWith(".")) {
      const target = resolve(pkg.folder, dirname(file), specifier);
      if (target === pkg.folder || target.startsWith(pkg.folder + sep)) return undefined;
      // Tests share what lies at the root.
      if (inTests && dirname(target) === resolve(pkg.folder, "../..")) return undefined;
      // A URL may point to a fixture or the README at the root; code is reached by package name.
      if (kind === "url" && !/\.[cm]?[jt]sx?$/.test(specifier)) return undefined;
      return `a relative path must stay inside ${pkg.path}; import the other package by its name`;
    }
    if (isBuiltin(specifier) || /^(data|https?|file):/.test(specifier)) return undefined;
    const [name, subpath] = splitSpecifier(specifier);
    if (name === pkg.name) {
      return inTests ? unexported(pkg, subpath) : `a package does not import itself by name; use a relative path`;
    }
    const target = byName.get(name);
    return (
      downwardOnly(pkg, target, inTests) ?? undeclared(pkg, name, inTests) ?? (target && unexported(target, subpath))
    );
  }

  /** @param {Package} pkg @param {string} name @param {boolean} inTests @returns {string | undefined} */
  function undeclared({ path, manifest }, name, inTests) {
    const { dependencies, peerDependencies, optionalDependencies, devDependencies } = manifest;
    const declared = { ...dependencies, ...peerDependencies, ...optionalDependencies };
    if (inTests) Object.assign(declared, devDependencies, rootDependencies);
    if (name in declared) return undefined;
    const kinds = inTests ? "devDependencies" : "dependencies, peerDependencies or optionalDependencies";
    return `${name} is not declared; add it to ${kinds} of ${path}/package.json`;
  }
}

/** @param {Package} target @param {string} subpath @returns {string | undefined} */
function unexported(target, subpath) {
  if (exportsSubpath(target.manifest, subpath)) return undefined;
  const offered = Object.keys(Object(target.manifest.exports)).filter((key) => key !== "./package.json");
  return `${target.name} does not export "${subpath}"; it exports ${offered.map((key) => `"${key}"`).join(", ") || "nothing"}`;
}

/** @param {Package["manifest"]} manifest */
const allDependencies = ({ dependencies, devDependencies, peerDependencies, optionalDependencies }) => ({
  ...dependencies,
  ...devDependencies,
  ...peerDependencies,
  ...optionalDependencies,
});

/**
 * One violation for every circle of declared workspace dependencies.
 * @param {Package[]} packages @param {Map<string, Package>} byName @returns {Violation[]}
 */
function circles(packages, byName) {
  /** @type {Violation[]} */
  const found = [];
  const finished = new Set();
  /** @param {Package} pkg @param {string[]} trail */
  const walk = (pkg, trail) => {
    const start = trail.indexOf(pkg.name);
    if (start >= 0) {
      const circle = [...trail.slice(start), pkg.name].join(" → ");
      const message = `circle ${circle}; move what both need to a lower floor`;
      found.push({ file: `${pkg.path}/package.json`, line: 1, specifier: trail.at(-1) ?? "", message });
      return;
    }
    if (finished.has(pkg.name)) return;
    for (const name of Object.keys(allDependencies(pkg.manifest))) {
      const next = byName.get(name);
      if (next) walk(next, [...trail, pkg.name]);
    }
    finished.add(pkg.name);
  };
  for (const pkg of packages) walk(pkg, []);
  return found;
}

/** The line of a package.json that declares a dependency. @param {string} file @param {string} name */
function lineOf(file, name) {
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.findIndex((line) => line.includes(`"${name}":`)) + 1;
}
