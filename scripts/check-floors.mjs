// Fails on imports that break the floors: upward, in a circle of packages or of files, past another package's exports,
// undeclared, or of Node in code for browsers. The floors are in floors.json.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkBrowserSafety } from "./lib/browser-safety.mjs";
import { checkCircles } from "./lib/circles.mjs";
import { checkFloors } from "./lib/floors.mjs";
import { listPackages, readManifest, root } from "./lib/workspace.mjs";

const table = JSON.parse(readFileSync(join(root, "scripts", "floors.json"), "utf8"));
const packages = listPackages();
const byName = new Map(packages.map((pkg) => [pkg.name, pkg]));
const tools = readManifest(join(root, "package.json")).devDependencies ?? {};

const violations = [
  ...checkFloors(packages, table, tools),
  ...packages
    .filter(({ path }) => path.startsWith("packages/"))
    .flatMap((pkg) => checkBrowserSafety(pkg, byName, table.nodeOnly)),
  ...packages.flatMap(({ folder, path }) => checkCircles(join(folder, "src"), `${path}/src`)),
  ...checkCircles(join(root, "scripts"), "scripts"),
];
for (const { file, line, specifier, message } of violations)
  console.error(`${file}:${line}: "${specifier}": ${message}`);
console.log(`floors: ${packages.length} packages, ${violations.length} violations`);
process.exitCode = violations.length > 0 ? 1 : 0;
