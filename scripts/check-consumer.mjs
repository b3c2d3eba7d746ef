// Packs every public package, lays them into an empty project, and asks whether a stranger's program that imports every entry of each loads,
// and compiles with `strict` and without `skipLibCheck`, by the oldest compiler that is supported and those after it, in both ways of finding
// modules. The project has no types of Node and no other package. Needs the packages built; no network.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { consumerOf, entriesOf, installPacked } from "./lib/consumer.mjs";
import { runNode } from "./lib/process.mjs";
import { publicPackages, readManifest, root } from "./lib/workspace.mjs";

const consumer = join(root, "scripts", "consumer");
const compilers = Object.keys(readManifest(join(consumer, "package.json")).devDependencies ?? {});
const packages = publicPackages();
const entries = entriesOf(packages);
const resolutions = ["nodenext", "bundler"];

const scratch = mkdtempSync(join(tmpdir(), "isoflop-consumer-"));
const projectOf = (/** @type {string} */ resolution) => join(scratch, `tsconfig.${resolution}.json`);
try {
  writeFileSync(join(scratch, "package.json"), JSON.stringify({ name: "consumer", type: "module", private: true }));
  writeFileSync(join(scratch, "consumer.ts"), consumerOf(entries));
  writeFileSync(join(scratch, "consumer.js"), consumerOf(entries));
  await installPacked(packages, scratch);

  for (const resolution of resolutions) {
    const module = resolution === "bundler" ? "esnext" : resolution;
    const how = {
      module,
      moduleResolution: resolution,
      target: "es2022",
      strict: true,
      noEmit: true,
      skipLibCheck: false,
    };
    writeFileSync(projectOf(resolution), JSON.stringify({ compilerOptions: how, files: ["consumer.ts"] }));
  }

  report("Node", await runNode([join(scratch, "consumer.js")]));
  for (const compiler of compilers) {
    const tsc = join(consumer, "node_modules", compiler, "bin", "tsc");
    const outcomes = resolutions.map((resolution) =>
      runNode([tsc, "--project", projectOf(resolution)], { cwd: scratch }),
    );
    for (const [i, outcome] of (await Promise.all(outcomes)).entries())
      report(`${compiler}, ${resolutions[i]}`, outcome);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
console.log(`consumer: ${entries.length} entries of ${packages.length} packages, ${compilers.join(", ")}`);

/** @param {string} name @param {import("./lib/process.mjs").Outcome} outcome */
function report(name, { ok, output }) {
  if (ok) return;
  console.error(`${name}:\n${output}`);
  process.exitCode = 1;
}
