// node pack.mjs FOLDER: the bench as plain scripts in FOLDER, to be run where `@isoflop/tensor` and `webgpu` are installed.
import { copyFileSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "tsup";

const here = fileURLToPath(new URL(".", import.meta.url));

/** Bundles `internals.ts` into a folder. */
export const bundleInternals = (folder) =>
  build({
    entry: [join(here, "internals.ts")],
    outDir: folder,
    format: "esm",
    config: false,
    silent: true,
    external: ["webgpu"],
    outExtension: () => ({ js: ".mjs" }),
  });

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = process.argv[2];
  if (!folder) throw new Error("pack.mjs: which folder?");
  mkdirSync(folder, { recursive: true });
  for (const file of readdirSync(here))
    if (/\.(mjs|py)$/.test(file) && file !== "pack.mjs") copyFileSync(join(here, file), join(folder, file));
  await bundleInternals(folder);
}
