import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

/** An installed data package. */
export interface InstalledPackage {
  readonly folder: string;
  readonly version: string;
}

/**
 * Finds an optional package beside this one or from the current folder, as the person who runs the program installed it.
 * @param install how it is installed, where that is not as usual
 * @throws Error that says what to install
 */
export const findPackage = async (
  name: string,
  purpose: string,
  install = `npm install ${name}`,
): Promise<InstalledPackage> => {
  for (const start of [import.meta.url, pathToFileURL(path.join(process.cwd(), "package.json"))]) {
    for (const folder of createRequire(start).resolve.paths(name) ?? []) {
      const manifest = await readFile(path.join(folder, name, "package.json"), "utf8").catch(() => undefined);
      if (manifest === undefined) continue;
      const { version } = JSON.parse(manifest) as { version: string };
      return { folder: path.join(folder, name), version };
    }
  }
  throw new Error(`${purpose} needs the npm package ${name}, which is not installed: ${install}`);
};
