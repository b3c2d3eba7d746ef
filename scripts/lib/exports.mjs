/** @typedef {import("./workspace.mjs").ExportTarget} ExportTarget */

/**
 * Whether a package's `exports` offer a subpath, patterns such as "./kernels/*" included.
 * @param {import("./workspace.mjs").Manifest} manifest
 * @param {string} subpath "." or "./name"
 */
export function exportsSubpath({ exports }, subpath) {
  if (typeof exports !== "object" || exports === null) return subpath === "." && exports !== null;
  const keys = Object.keys(exports);
  if (!keys.some((key) => key.startsWith("."))) return subpath === ".";
  return keys.some((key) => {
    const [before, after] = key.split("*");
    if (after === undefined) return key === subpath;
    return subpath.length > key.length - 1 && subpath.startsWith(before ?? "") && subpath.endsWith(after);
  });
}

/**
 * The files a browser may load through a package's exports: every entry but "./node" (and below it), every condition
 * but "node" and "types".
 * @param {import("./workspace.mjs").Manifest} manifest
 * @returns {{ subpath: string, file: string }[]} files as written, such as "./dist/index.js"
 */
export function browserEntries({ exports }) {
  if (typeof exports !== "object" || exports === null) return [];
  return Object.entries(exports)
    .filter(([subpath]) => subpath !== "./node" && !subpath.startsWith("./node/"))
    .flatMap(([subpath, target]) => targets(target).map((file) => ({ subpath, file })))
    .filter(({ file }) => file.endsWith(".js"));
}

/** @param {ExportTarget} target @returns {string[]} */
function targets(target) {
  if (target === null) return [];
  if (typeof target === "string") return [target];
  return Object.entries(target).flatMap(([condition, inner]) =>
    condition === "node" || condition === "types" ? [] : targets(inner),
  );
}
