import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The nearest folder at or above `start` that holds `pnpm-workspace.yaml`. */
export const workspaceRoot = (start: string = dirname(fileURLToPath(import.meta.url))): string => {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "pnpm-workspace.yaml"))) return folder;
    if (dirname(folder) === folder)
      throw new Error(`No pnpm-workspace.yaml at or above ${start}: run inside the workspace.`);
  }
};

/** Where unpacked binaries live: beside the installed packages, so that a clean install cleans them too. */
export const cacheFolder = (): string => join(workspaceRoot(), "node_modules", ".cache", "isoflop-webgpu-env");

/**
 * The folder `target`, filled by `fill` the first time it is asked for.
 *
 * `fill` writes to a private folder which is then renamed, so that a reader never sees half of it. When two processes
 * fill at once the first rename wins and the other's copy is dropped.
 */
export const unpackOnce = async (target: string, fill: (folder: string) => Promise<void>): Promise<string> => {
  if (existsSync(target)) return target;
  const partial = `${target}.${process.pid}.${randomUUID()}`;
  await mkdir(partial, { recursive: true });
  try {
    await fill(partial);
    await rename(partial, target).catch((error: unknown) => {
      if (!existsSync(target)) throw error;
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return target;
};
