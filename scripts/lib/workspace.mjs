import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** @typedef {{ [condition: string]: ExportTarget } | string | null} ExportTarget */
/**
 * @typedef {object} Manifest The fields of a package.json that the checks read.
 * @property {string} name
 * @property {string} version
 * @property {boolean} [private]
 * @property {string} [description]
 * @property {string[]} [keywords]
 * @property {string} [license]
 * @property {boolean | string[] | undefined} [sideEffects]
 * @property {object} [repository]
 * @property {unknown} [homepage]
 * @property {unknown} [bugs]
 * @property {string} [main]
 * @property {string} [packageManager]
 * @property {{ node: string }} [engines]
 * @property {ExportTarget} [exports]
 * @property {Record<string, string>} [scripts]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [devDependencies]
 * @property {Record<string, string>} [peerDependencies]
 * @property {Record<string, string>} [optionalDependencies]
 */
/** @typedef {{ name: string, path: string, folder: string, manifest: Manifest }} Package `path` is relative to the workspace. */

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** @param {string} file @returns {Manifest} */
export const readManifest = (file) => JSON.parse(readFileSync(file, "utf8"));

/**
 * The packages of `packages/*` and `examples/*`, in alphabetical order.
 * @param {string} [workspace]
 * @returns {Package[]}
 */
export function listPackages(workspace = root) {
  return ["packages", "examples"].flatMap((group) => {
    const parent = join(workspace, group);
    const names = existsSync(parent) ? readdirSync(parent).sort() : [];
    return names.flatMap((name) => {
      const folder = join(parent, name);
      const file = join(folder, "package.json");
      if (!existsSync(file)) return [];
      const manifest = readManifest(file);
      return [{ name: manifest.name, path: `${group}/${name}`, folder, manifest }];
    });
  });
}

/** Packages that are published. */
export const publicPackages = (workspace = root) => listPackages(workspace).filter(({ manifest }) => !manifest.private);
