// `pnpm run release:prepare [folder]`: makes the next release in a copy of the last commit, and publishes nothing. Changesets become versions and
// changelogs, everything is built from nothing, packed, checked as a reader on npm and a stranger's project would find it, installed with npm, and
// shown to `npm publish --dry-run`. What was made stands in the copy. Needs git and a network.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { install, providePnpm } from "./lib/bootstrap.mjs";
import { asFirstRelease } from "./lib/changelog.mjs";
import { run, runNode } from "./lib/process.mjs";
import { step } from "./lib/steps.mjs";
import { publicPackages, root } from "./lib/workspace.mjs";

/** @typedef {import("./lib/process.mjs").Outcome} Outcome */

const copy = resolve(process.argv[2] ?? mkdtempSync(join(tmpdir(), "isoflop-release-")));
const tarballs = join(copy, "tarballs");
const project = join(copy, "tarballs", "project");
const cwd = copy;
process.env.TURBO_TELEMETRY_DISABLED = "1";
process.env.DO_NOT_TRACK = "1";

await step("pnpm", providePnpm);
await step(`a copy of the last commit in ${copy}`, () => run("git", ["clone", "--quiet", root, copy]));
await step("a branch", () => run("git", ["switch", "--quiet", "--create", "release"], { cwd }));
await step("install", () => install(copy));
await step("changesets, the oldest first", oldestFirst);
await step("versions and changelogs", () => run("changeset", ["version"], { cwd }));
const packages = publicPackages(copy);
for (const { folder, manifest } of packages) {
  const file = join(folder, "CHANGELOG.md");
  writeFileSync(file, asFirstRelease(readFileSync(file, "utf8"), manifest.description ?? ""));
}
await step("build", () =>
  run("turbo", ["run", "build", "--filter=./packages/*", "--output-logs=errors-only"], { cwd }),
);
await step("every package has its release", () => runNode([join(copy, "scripts", "check-changesets.mjs")]));
for (const { path } of packages) {
  await step(`check ${path}`, () => runNode([join(copy, "scripts", "check-package.mjs"), path]));
  await step(`pack ${path}`, () => run("pnpm", ["--dir", path, "pack", "--pack-destination", tarballs], { cwd }));
}
await step("packages in an empty project", () => runNode([join(copy, "scripts", "check-consumer.mjs")]));

const packed = readdirSync(tarballs).map((file) => join(tarballs, file));
mkdirSync(project);
writeFileSync(join(project, "package.json"), JSON.stringify({ private: true }));
await step("npm install", () => run("npm", ["install", "--no-audit", "--no-fund", ...packed], { cwd: project }));
await step("isoflop --version", () => isoflopSays(packages.find(({ name }) => name === "isoflop")?.manifest.version));
await step(`npm publish --dry-run of ${packed.length} packages`, async () => {
  const tried = packed.map((file) => run("npm", ["publish", "--dry-run", "--access", "public", file], { cwd }));
  const outcomes = await Promise.all(tried);
  return { ok: outcomes.every(({ ok }) => ok), output: outcomes.map(({ output }) => output).join("\n") };
});

console.log(`
${packages.map(({ name, manifest }) => `${name} ${manifest.version}`).join("\n")}

Nothing was published. CONTRIBUTING.md says what comes next in ${copy}.`);

/** @param {string} [version] @returns {Promise<Outcome>} */
async function isoflopSays(version) {
  const said = await run("npx", ["--no-install", "isoflop", "--version"], { cwd: project });
  return { ok: said.ok && said.output.includes(`isoflop ${version}`), output: `${said.output}\nexpected ${version}` };
}

/**
 * Changesets stand in a changelog in the order of their names, which are words; a reader follows the order in which they were made.
 * @returns {Promise<Outcome>}
 */
async function oldestFirst() {
  const made = await run(
    "git",
    ["log", "--reverse", "--diff-filter=A", "--name-only", "--format=", "--", ".changeset/*.md"],
    { cwd },
  );
  const names = [...new Set(made.output.match(/[^/\s]+\.md$/gm))];
  for (const [i, name] of names.filter((name) => existsSync(join(copy, ".changeset", name))).entries())
    renameSync(join(copy, ".changeset", name), join(copy, ".changeset", `${String(i).padStart(4, "0")}-${name}`));
  return made;
}
