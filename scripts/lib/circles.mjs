import { existsSync, readFileSync } from "node:fs";
import { join, posix, sep } from "node:path";
import { readImports } from "./imports.mjs";
import { sourceFiles } from "./sources.mjs";

/** @typedef {import("./floors.mjs").Violation} Violation */
/** @typedef {{ target: string, line: number, specifier: string }} Edge */

/** What a compiler reads for a path that an import names. @param {string} path */
const sourcesOf = (path) => [path, path.replace(/js(x?)$/, "ts$1")];

/**
 * The imports between the source files of a folder, type imports included; a URL starts a file of its own.
 * @param {string} folder
 * @returns {Map<string, Edge[]>}
 */
const importGraph = (folder) => {
  const files = sourceFiles(folder).map((file) => file.split(sep).join("/"));
  const known = new Set(files);
  return new Map(
    files.map((file) => {
      const imports = readImports(file, readFileSync(join(folder, file), "utf8")).filter(({ kind }) => kind !== "url");
      const edges = imports.flatMap(({ specifier, line }) => {
        if (!specifier.startsWith(".")) return [];
        const path = posix.join(posix.dirname(file), specifier);
        const target = sourcesOf(path).find((one) => known.has(one));
        return target === undefined ? [] : [{ target, line, specifier }];
      });
      return [file, edges];
    }),
  );
};

/**
 * A shortest way along imports from a file back to itself, the file at both ends.
 * @param {ReadonlyMap<string, readonly Edge[]>} graph @param {string} start
 */
const circleThrough = (graph, start) => {
  const seen = new Set();
  let trails = [[start]];
  while (trails.length > 0) {
    /** @type {string[][]} */
    const longer = [];
    for (const trail of trails) {
      for (const { target } of graph.get(trail.at(-1) ?? start) ?? []) {
        if (target === start) return [...trail, start];
        if (!seen.has(target)) longer.push([...trail, target]);
        seen.add(target);
      }
    }
    trails = longer;
  }
  return undefined;
};

/** The pairs of neighbours in a circle. @param {readonly string[]} circle */
const steps = (circle) => circle.slice(1).map((target, i) => ({ file: circle[i] ?? "", target }));

/** The step that most circles take. @param {readonly (readonly string[])[]} circles */
const mostTaken = (circles) => {
  /** @type {Map<string, { file: string, target: string, count: number }>} */
  const counts = new Map();
  for (const { file, target } of circles.flatMap(steps)) {
    const count = (counts.get(`${file} ${target}`)?.count ?? 0) + 1;
    counts.set(`${file} ${target}`, { file, target, count });
  }
  return [...counts.values()].reduce((best, one) => (one.count > best.count ? one : best));
};

/** The circle from this file on. @param {readonly string[]} circle @param {string} file */
const turned = (circle, file) => {
  const at = circle.indexOf(file);
  return [...circle.slice(at, -1), ...circle.slice(0, at), file];
};

/**
 * The circles of imports between the files of a folder: the import that lies on most of them with the shortest of these, and so on with
 * what circles would be left without it. Many circles often have one cause.
 * @param {string} folder @param {string} path of the folder in the workspace
 * @returns {Violation[]}
 */
export const checkCircles = (folder, path) => {
  if (!existsSync(folder)) return [];
  const graph = importGraph(folder);
  /** @type {Violation[]} */
  const found = [];
  for (let files = [...graph.keys()]; ; ) {
    const circles = files.flatMap((file) => [circleThrough(graph, file) ?? []]).filter(({ length }) => length > 0);
    if (circles.length === 0) return found;
    const { file, target } = mostTaken(circles);
    const through = circles.filter((circle) => steps(circle).some((one) => one.file === file && one.target === target));
    const shortest = through.reduce((best, one) => (one.length < best.length ? one : best));
    const edges = graph.get(file) ?? [];
    const { line = 1, specifier = "" } = edges.find((edge) => edge.target === target) ?? {};
    const message = `circle ${turned(shortest, file).join(" → ")}; move what both need to a file of its own`;
    found.push({ file: `${path}/${file}`, line, specifier, message });
    graph.set(
      file,
      edges.filter((edge) => edge.target !== target),
    );
    files = circles.flatMap(([first = ""]) => first);
  }
};
