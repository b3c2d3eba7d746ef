// Compiles assembly/ to WebAssembly, with and without relaxed SIMD, and embeds both modules as base64 so that one bundle
// works in Node, in browsers and through bundlers. Does nothing when the sources are those of the last build.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, "src/backends/wasm/generated");
const target = join(folder, "modules.ts");

const sources = [
  fileURLToPath(import.meta.url),
  join(root, "src/backends/wasm/opcodes.ts"),
  ...readdirSync(join(root, "assembly"))
    .filter((name) => name.endsWith(".ts"))
    .sort()
    .map((name) => join(root, "assembly", name)),
];
const hash = createHash("sha256");
for (const path of sources) hash.update(relative(root, path)).update("\0").update(readFileSync(path)).update("\0");
const digest = hash.digest("hex");

const compile = async (relaxed) => {
  const asc = await import("assemblyscript/asc");
  let binary;
  const { error, stderr } = await asc.main(
    [
      join(root, "assembly/index.ts"),
      ...["--baseDir", root, "--outFile", "out.wasm"],
      ...["-O3", "--converge", "--noAssert", "--runtime", "stub", "--memoryBase", "2048", "--disableWarning", "112"],
      ...["--importMemory", "--sharedMemory", "--initialMemory", "1", "--maximumMemory", "65536"],
      ...["--enable", "simd", "--enable", "threads", ...(relaxed ? ["--enable", "relaxed-simd"] : [])],
    ],
    {
      writeFile: (name, contents) => {
        if (name.endsWith(".wasm")) binary = contents;
      },
    },
  );
  if (error || !binary) {
    console.error(String(stderr));
    throw new Error(`AssemblyScript could not compile assembly/index.ts (relaxed SIMD ${relaxed ? "on" : "off"})`);
  }
  return Buffer.from(binary).toString("base64");
};

const current = () => {
  try {
    return readFileSync(target, "utf8").startsWith(`// ${digest}\n`);
  } catch {
    return false;
  }
};

if (!current()) {
  const plain = await compile(false);
  const relaxed = await compile(true);
  mkdirSync(folder, { recursive: true });
  // Written beside and moved into place, so that a build running at the same time never reads half a file.
  const part = `${target}.${process.pid}`;
  writeFileSync(
    part,
    `// ${digest}\n/** The modules built from assembly/, as base64. */\nexport const modules = {\n  plain: "${plain}",\n  relaxed: "${relaxed}",\n};\n`,
  );
  renameSync(part, target);
  console.log(
    `wasm: ${((plain.length * 3) / 4 / 1024).toFixed(0)} KiB plain, ${((relaxed.length * 3) / 4 / 1024).toFixed(0)} KiB with relaxed SIMD`,
  );
}
