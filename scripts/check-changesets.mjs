// Fails when a changeset is malformed or a public package would never be released. Needs neither git nor a network.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkChangesets } from "./lib/changesets.mjs";
import { publicPackages, root } from "./lib/workspace.mjs";

const folder = join(root, ".changeset");
const changesets = readdirSync(folder)
  .filter((file) => file.endsWith(".md") && file !== "README.md")
  .map((file) => ({ file: `.changeset/${file}`, text: readFileSync(join(folder, file), "utf8") }));
const packages = publicPackages();

const problems = checkChangesets(changesets, packages, (pkg) => {
  const file = join(pkg.folder, "CHANGELOG.md");
  return existsSync(file) ? readFileSync(file, "utf8") : "";
});
for (const problem of problems) console.error(problem);
console.log(`changesets: ${changesets.length} for ${packages.length} public packages, ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;
