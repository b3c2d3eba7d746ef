// Packs one built package as it would be published, then asks publint and "are the types wrong" about the tarball, and looks at what a
// reader on npm sees: manifest, README, license.
// node scripts/check-package.mjs packages/tensor
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "./lib/process.mjs";
import { manifestProblems, missingFiles, relativeLinks } from "./lib/published.mjs";
import { readManifest, root } from "./lib/workspace.mjs";

const folder = process.argv[2];
if (!folder) throw new Error("Name the package's folder, such as packages/tensor.");
const scratch = mkdtempSync(join(tmpdir(), "isoflop-pack-"));
try {
  const packed = await run("pnpm", ["--dir", join(root, folder), "pack", "--pack-destination", scratch]);
  const [tarball] = readdirSync(scratch);
  if (!packed.ok || !tarball) throw new Error(`pnpm pack failed in ${folder}:\n${packed.output}`);
  const path = join(scratch, tarball);
  const { output } = await run("tar", ["-tzf", path]);
  const files = output.split(/\r?\n/);
  const readme = files.includes("package/README.md") ? readFileSync(join(root, folder, "README.md"), "utf8") : "";
  for (const problem of [
    ...manifestProblems(folder, readManifest(join(root, folder, "package.json"))),
    ...relativeLinks(`${folder}/README.md`, readme),
    ...missingFiles(folder, files),
  ]) {
    console.error(problem);
    process.exitCode = 1;
  }
  const bin = join(root, "node_modules", ".bin");
  for (const [tool, args] of /** @type {[string, string[]][]} */ ([
    ["publint", [path, "--strict"]],
    ["attw", [path, "--profile", "esm-only", "--format", "ascii"]],
  ])) {
    const outcome = await run(join(bin, tool), args);
    if (outcome.ok) continue;
    console.error(`${tool}: ${folder}\n${outcome.output}`);
    process.exitCode = 1;
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
