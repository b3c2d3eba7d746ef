import { mkdir, mkdtemp } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "tsup";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Builds sources as they are now, for processes and threads that cannot load TypeScript. Resolves what the package depends on. */
export const bundle = async (entry: readonly string[]): Promise<string> => {
  const cache = path.join(root, "node_modules", ".cache");
  await mkdir(cache, { recursive: true });
  const outDir = await mkdtemp(path.join(cache, "test-"));
  await build({
    entry: entry.map((file) => path.join(root, file)),
    outDir,
    format: "esm",
    target: "es2022",
    config: false,
    silent: true,
  });
  return outDir;
};
