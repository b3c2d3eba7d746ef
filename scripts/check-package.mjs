// Packs one built package as it would be published, then asks publint and "are the types wrong" about the tarball, and
// looks for the README:
// node scripts/check-package.mjs packages/tensor
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "./lib/process.mjs";
import { root } from "./lib/workspace.mjs";

const folder = process.argv[2];
if (!folder) throw new Error("Name the package's folder, such as packages/tensor.");
if (!existsSync(join(root, folder, "README.md"))) {
  console.error(`${folder} has no README.md`);
  process.exitCode = 1;
}
const scratch = mkdtempSync(join(tmpdir(), "isoflop-pack-"));
try {
  const packed = await run("pnpm", ["--dir", join(root, folder), "pack", "--pack-destination", scratch]);
  const [tarball] = readdirSync(scratch);
  if (!packed.ok || !tarball) throw new Error(`pnpm pack failed in ${folder}:\n${packed.output}`);
  const path = join(scratch, tarball);
  const bin = join(root, "node_modules", ".bin");
  for (const [tool, args] of /** @type {[string, string[]][]} */ ([
    ["publint", [path, "--strict"]],
    ["attw", [path, "--profile", "esm-only", "--format", "ascii"]],
  ])) {
    const { ok, output } = await run(join(bin, tool), args);
    if (ok) continue;
    console.error(`${tool}: ${folder}\n${output}`);
    process.exitCode = 1;
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
