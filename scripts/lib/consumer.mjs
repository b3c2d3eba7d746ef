import { mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { run } from "./process.mjs";

/** @typedef {import("./workspace.mjs").Package} Package */

/**
 * What a consumer may import: every entry of every package's `exports` that has types.
 * @param {Package[]} packages
 * @returns {string[]} such as "@isoflop/data/node", in the order of the packages
 */
export const entriesOf = (packages) =>
  packages.flatMap(({ name, manifest }) =>
    Object.entries(typeof manifest.exports === "object" ? (manifest.exports ?? {}) : {})
      .filter(([, target]) => typeof target === "object" && target !== null && "types" in target)
      .map(([subpath]) => name + subpath.slice(1)),
  );

/**
 * A module that takes all of every entry.
 * @param {readonly string[]} entries
 */
export const consumerOf = (entries) =>
  [
    ...entries.map((entry, i) => `import * as entry${i} from "${entry}";`),
    `export const all = [${entries.map((_, i) => `entry${i}`).join(", ")}];`,
    "",
  ].join("\n");

/**
 * Packs the packages and lays them into `folder/node_modules` as an installer would, with the packages that they depend on, and nothing else:
 * neither declarations of Node nor those of anybody's optional peers.
 * @param {Package[]} packages public ones, built
 * @param {string} folder
 * @throws Error when one does not pack
 */
export async function installPacked(packages, folder) {
  const modules = join(folder, "node_modules");
  const names = new Set(packages.map(({ name }) => name));
  for (const { name, path, folder: source, manifest } of packages) {
    const tarballs = join(folder, "tarballs", path);
    mkdirSync(tarballs, { recursive: true });
    const packed = await run("pnpm", ["--dir", source, "pack", "--pack-destination", tarballs]);
    const [tarball] = readdirSync(tarballs);
    const target = join(modules, name);
    mkdirSync(target, { recursive: true });
    const unpacked = tarball
      ? await run("tar", ["-xzf", join(tarballs, tarball), "-C", target, "--strip-components=1"])
      : packed;
    if (!unpacked.ok) throw new Error(`${path} does not pack:\n${packed.output}\n${unpacked.output}`);
    for (const dependency of Object.keys(manifest.dependencies ?? {})) {
      const link = join(modules, dependency);
      if (names.has(dependency)) continue;
      mkdirSync(dirname(link), { recursive: true });
      linkOnce(join(source, "node_modules", dependency), link);
    }
  }
}

/** @param {string} target @param {string} link */
function linkOnce(target, link) {
  try {
    symlinkSync(target, link, "junction");
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error;
  }
}
