// Compiles AssemblyScript of this package with a register tile of one's choice.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import { tilePath, tileSource } from "./tile.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * @param {object} build
 * @param {string} [build.entry] whose exports the module has
 * @param {boolean} build.relaxed whether to fuse multiplications and additions
 * @param {import("./tile.mjs").Tile} build.tile
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export const compileWasm = async ({ entry = "assembly/index.ts", relaxed, tile }) => {
  /** @type {Uint8Array<ArrayBuffer> | undefined} */
  let binary;
  const { error, stderr } = await asc.main(
    [
      ...[entry, "--baseDir", root, "--outFile", "out.wasm"],
      ...["-O3", "--converge", "--noAssert", "--runtime", "stub", "--memoryBase", "2048", "--disableWarning", "112"],
      ...["--importMemory", "--sharedMemory", "--initialMemory", "1", "--maximumMemory", "65536", "--exportTable"],
      ...["--enable", "simd", "--enable", "threads", ...(relaxed ? ["--enable", "relaxed-simd"] : [])],
    ],
    {
      // The tile comes from memory, so that compilations at the same time do not read each other's.
      readFile: (name) => {
        if (name === tilePath) return tileSource(tile);
        const path = join(root, name);
        return existsSync(path) ? readFileSync(path, "utf8") : null;
      },
      writeFile: (_, contents) => {
        if (typeof contents !== "string") binary = new Uint8Array(contents);
      },
    },
  );
  if (error || !binary)
    throw new Error(`AssemblyScript could not compile ${entry} (relaxed SIMD ${relaxed ? "on" : "off"}):\n${stderr}`);
  return binary;
};
