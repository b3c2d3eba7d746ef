// Compiles assembly/ to WebAssembly, with and without relaxed SIMD, and embeds both modules as base64 so that one bundle
// works in Node, in browsers and through bundlers. Does nothing when the sources are those of the last build.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { tilePath, tileSource, tiles } from "./tile.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const target = join(root, "src/backends/wasm/generated/modules.ts");

const hash = createHash("sha256");
for (const path of [
  ...["scripts/build-wasm.mjs", "scripts/compile-wasm.mjs", "scripts/tile.mjs", "src/backends/wasm/opcodes.ts"],
  ...readdirSync(join(root, "assembly"))
    .filter((name) => name.endsWith(".ts"))
    .sort()
    .map((name) => `assembly/${name}`),
]) {
  const contents = readFileSync(join(root, path));
  hash.update(path).update("\0").update(contents).update("\0");
}
const digest = hash.digest("hex");

const current = () => {
  try {
    return readFileSync(target, "utf8").startsWith(`// ${digest}\n`);
  } catch {
    return false;
  }
};

/**
 * Written beside and moved into place, so that a build running at the same time never reads half a file.
 * @type {(path: string, text: string) => void}
 */
const write = (path, text) => {
  mkdirSync(dirname(path), { recursive: true });
  const part = `${path}.${process.pid}`;
  writeFileSync(part, text);
  renameSync(part, path);
};

if (!current()) {
  const { compileWasm } = await import("./compile-wasm.mjs");
  const plain = await compileWasm({ relaxed: false, tile: tiles.plain });
  const relaxed = await compileWasm({ relaxed: true, tile: tiles.relaxed });
  // For whoever reads assembly/: compilations make their own.
  write(join(root, tilePath), tileSource(tiles.relaxed));
  write(
    target,
    `// ${digest}
/** The modules built from assembly/, as base64. */
export const modules = {
  plain: "${Buffer.from(plain).toString("base64")}",
  relaxed: "${Buffer.from(relaxed).toString("base64")}",
};
/** The register tiles of their matrix products. */
export const tiles = ${JSON.stringify(tiles)};
`,
  );
  const [small, fused] = [plain, relaxed].map(({ length }) => `${(length / 1024).toFixed(0)} KiB`);
  console.log(`wasm: ${small} plain, ${fused} with relaxed SIMD`);
}
